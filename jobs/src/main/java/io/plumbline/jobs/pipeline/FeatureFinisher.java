package io.plumbline.jobs.pipeline;

import io.plumbline.definition.Definitions;
import io.plumbline.definition.Feature;
import io.plumbline.expression.DerivedExpression;
import io.plumbline.jobs.feature.FeatureSet;
import io.plumbline.jobs.table.FeatureColumn;
import io.plumbline.jobs.table.FinishedRow;
import io.plumbline.timeline.TimelinePlan;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes the columns of a feature set from the answers of its entities: defaults where there is no
 * value, then derived features, each after those that it reads. Not thread-safe.
 */
public final class FeatureFinisher {

  /** How one feature gets its value. */
  private sealed interface Step {
    Object defaultValue();
  }

  private record Answered(int entity, int index, Object defaultValue) implements Step {}

  private record Computed(
      DerivedExpression expression, Map<String, Integer> operands, Object defaultValue)
      implements Step {}

  private final List<Step> steps = new ArrayList<>();
  private final int[] columns;

  public FeatureFinisher(FeatureSet.Plans plans) {
    Map<String, Integer> placeById = new HashMap<>();
    for (int e = 0; e < plans.entities().size(); e++) {
      TimelinePlan plan = plans.entities().get(e);
      for (int i = 0; i < plan.features().size(); i++) {
        Feature.Windowed feature = plan.features().get(i);
        placeById.put(feature.id(), steps.size());
        steps.add(new Answered(e, i, defaultOf(feature)));
      }
    }
    for (Feature feature : plans.features()) {
      place(feature, plans.definitions(), placeById);
    }
    columns = plans.features().stream().mapToInt(f -> placeById.get(f.id())).toArray();
  }

  private int place(Feature feature, Definitions definitions, Map<String, Integer> placeById) {
    Integer there = placeById.get(feature.id());
    if (there != null) {
      return there;
    }
    Feature.Derived derived = (Feature.Derived) feature;
    Map<String, Integer> operands = new LinkedHashMap<>();
    for (Feature.Operand operand : derived.operands()) {
      Feature read = definitions.feature(operand.id());
      operands.put(operand.name(), place(read, definitions, placeById));
    }
    placeById.put(feature.id(), steps.size());
    steps.add(
        new Computed(DerivedExpression.of(derived, definitions), operands, defaultOf(feature)));
    return steps.size() - 1;
  }

  private static Object defaultOf(Feature feature) {
    return feature.info().defaultValue().orElse(null);
  }

  /** The columns that a set's features become. */
  public static List<FeatureColumn> columns(FeatureSet.Plans plans) {
    return plans.features().stream()
        .map(f -> new FeatureColumn(plans.definitions().column(f), f.id(), f.type(), defaultOf(f)))
        .toList();
  }

  /**
   * The values of the set's columns.
   *
   * @param answers of each entity, in the order of its plan
   */
  public FinishedRow finish(Object[][] answers) {
    Object[] values = new Object[steps.size()];
    boolean[] defaulted = new boolean[steps.size()];
    for (int i = 0; i < values.length; i++) {
      Step step = steps.get(i);
      Object value = value(step, answers, values);
      defaulted[i] = value == null;
      values[i] = value == null ? step.defaultValue() : value;
    }
    Object[] shown = new Object[columns.length];
    boolean[] shownDefaulted = new boolean[columns.length];
    for (int c = 0; c < columns.length; c++) {
      shown[c] = values[columns[c]];
      shownDefaulted[c] = defaulted[columns[c]];
    }
    return new FinishedRow(shown, shownDefaulted);
  }

  private static Object value(Step step, Object[][] answers, Object[] values) {
    if (step instanceof Answered answered) {
      return answers[answered.entity][answered.index];
    }
    Computed computed = (Computed) step;
    return computed.expression.evaluate(name -> values[computed.operands.get(name)]);
  }
}
