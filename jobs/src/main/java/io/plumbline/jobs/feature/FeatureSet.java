package io.plumbline.jobs.feature;

import io.plumbline.definition.DefinitionBundle;
import io.plumbline.definition.Definitions;
import io.plumbline.definition.Feature;
import io.plumbline.time.Knowledge;
import io.plumbline.timeline.TimelinePlan;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a pipeline computes, in a form that travels to Flink's workers and into savepoints: the text
 * of the definitions and the ids of the features.
 *
 * @param bundle the definitions' files
 * @param featureIds features asked for, in the order of the table's columns
 * @param knowledge when events count as known
 */
public record FeatureSet(DefinitionBundle bundle, List<String> featureIds, Knowledge knowledge)
    implements Serializable {

  /** Loading definitions takes a while, and every operator of a job in this JVM needs the same. */
  private static final Map<FeatureSet, Plans> PLANS =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<FeatureSet, Plans> eldest) {
          return size() > 8;
        }
      };

  /**
   * A feature set made ready.
   *
   * @param features in the order of the table's columns
   * @param entities a plan for each entity that these features need, operands included
   */
  public record Plans(
      Definitions definitions, List<Feature> features, List<TimelinePlan> entities) {

    /** Names of the sources that the features read. */
    public Set<String> sources() {
      Set<String> names = new LinkedHashSet<>();
      for (TimelinePlan plan : entities) {
        plan.sources().forEach(s -> names.add(s.source().name()));
      }
      return names;
    }
  }

  /** The plans of this set; the same object for equal sets as long as it is in use. */
  public Plans plans() {
    synchronized (PLANS) {
      return PLANS.computeIfAbsent(this, FeatureSet::make);
    }
  }

  private static Plans make(FeatureSet set) {
    Definitions definitions = set.bundle.definitions();
    List<Feature> features = set.featureIds.stream().map(definitions::feature).toList();
    Map<String, Set<Feature.Windowed>> byEntity = new LinkedHashMap<>();
    for (Feature feature : features) {
      collect(definitions, feature, byEntity);
    }
    List<TimelinePlan> plans = new ArrayList<>();
    byEntity.forEach(
        (entity, windowed) ->
            plans.add(TimelinePlan.of(definitions, entity, List.copyOf(windowed), set.knowledge)));
    return new Plans(definitions, features, plans);
  }

  private static void collect(
      Definitions definitions, Feature feature, Map<String, Set<Feature.Windowed>> byEntity) {
    if (feature instanceof Feature.Windowed windowed) {
      byEntity.computeIfAbsent(windowed.entity(), e -> new LinkedHashSet<>()).add(windowed);
    } else if (feature instanceof Feature.Derived derived) {
      derived.operands().forEach(o -> collect(definitions, definitions.feature(o.id()), byEntity));
    }
  }
}
