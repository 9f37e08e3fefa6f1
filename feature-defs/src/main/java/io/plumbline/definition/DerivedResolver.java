package io.plumbline.definition;

import io.plumbline.expression.DerivedExpression;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Completes derived features, each after those that it reads. */
final class DerivedResolver {
  private final Versions versions;
  private final Map<String, Optional<Feature>> done = new LinkedHashMap<>();
  private final List<String> underway = new ArrayList<>();

  DerivedResolver(Versions versions) {
    this.versions = versions;
  }

  /** The feature; empty if it, or one that it reads, is broken. */
  Optional<Feature> resolve(FeatureDraft draft) {
    if (draft.derive().isEmpty()) {
      return draft.windowed().map(feature -> feature);
    }
    Optional<Feature> known = done.get(draft.id());
    if (known != null) {
      return known;
    }
    underway.add(draft.id());
    Optional<Feature> feature =
        draft.entity().flatMap(entity -> derive(draft, entity, draft.derive().get()));
    underway.remove(draft.id());
    done.put(draft.id(), feature);
    return feature;
  }

  private Optional<Feature> derive(FeatureDraft draft, Entity entity, YamlValue written) {
    Optional<Set<String>> names =
        written
            .text("derive")
            .flatMap(t -> FeatureReader.expression(written, "derive", DerivedExpression::names));
    if (names.isEmpty()) {
      return Optional.empty();
    }
    for (String name : names.get()) {
      FeatureDraft operand = versions.columns().get(name);
      if (operand != null && !isReadable(operand, entity, written)) {
        return Optional.empty();
      }
    }
    Optional<DerivedExpression> expression =
        FeatureReader.expression(
            written, "derive", t -> DerivedExpression.compile(t, columns(entity)));
    if (expression.isPresent() && expression.get().operands().isEmpty()) {
      written.problem(
          "derive '" + written + "' reads no feature",
          "name at least one feature of entity " + entity.name());
      return Optional.empty();
    }
    return expression.map(compiled -> feature(draft, written, compiled));
  }

  private boolean isReadable(FeatureDraft operand, Entity entity, YamlValue written) {
    if (underway.contains(operand.id())) {
      List<String> circle =
          new ArrayList<>(underway.subList(underway.indexOf(operand.id()), underway.size()));
      circle.add(operand.id());
      written.problem(
          "derive goes in a circle: " + String.join(" -> ", circle), "leave one of them out");
      return false;
    }
    if (!operand.entity().map(entity::equals).orElse(true)) {
      written.problem(
          "derive: feature "
              + operand.name()
              + " describes entity "
              + operand.entity().get().name()
              + ", not "
              + entity.name(),
          "use features of entity " + entity.name());
      return false;
    }
    return resolve(operand).isPresent();
  }

  /** Columns of the entity as far as they are known; those that are used are known by now. */
  private Map<String, ValueType> columns(Entity entity) {
    Map<String, ValueType> columns = new LinkedHashMap<>();
    versions
        .columns()
        .forEach(
            (name, draft) -> {
              Optional<Feature> feature =
                  draft.derive().isEmpty()
                      ? draft.windowed().map(f -> f)
                      : done.getOrDefault(draft.id(), Optional.empty());
              boolean here = draft.entity().filter(entity::equals).isPresent();
              feature.filter(f -> here).ifPresent(f -> columns.put(name, f.type()));
            });
    return columns;
  }

  private Feature feature(FeatureDraft draft, YamlValue written, DerivedExpression compiled) {
    Optional<Object> defaultValue =
        draft.map().get("default").flatMap(v -> DefaultReader.read(v, compiled.type()));
    List<Feature.Operand> operands =
        compiled.operands().stream()
            .map(name -> new Feature.Operand(name, versions.columns().get(name).id()))
            .toList();
    return new Feature.Derived(
        draft.info(defaultValue), compiled.type(), written.toString().strip(), operands);
  }
}
