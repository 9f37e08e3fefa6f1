package io.plumbline.jobs.feature;

import io.plumbline.definition.DefinitionBundle;
import io.plumbline.definition.Definitions;
import io.plumbline.definition.Feature;
import io.plumbline.time.Knowledge;
import io.plumbline.timeline.TimelinePlan;
import java.io.Serializable;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a pipeline computes, in a form that travels to Flink's workers and into savepoints: the text
 * of the definitions and the ids of the features.
 *
 * @param bundle the definitions' files
 * @param featureIds features asked for, in the order of the table's columns
 * @param knowledge when events count as known
 * @param cohorts by feature id: which features began to count together, where a job went on from a
 *     savepoint with more of them; 0 for features that are not named
 */
public record FeatureSet(
    DefinitionBundle bundle,
    List<String> featureIds,
    Knowledge knowledge,
    Map<String, Integer> cohorts)
    implements Serializable {

  /** Whatever is in use: what is kept tells by its plans whether it is to be carried over. */
  private static final Map<FeatureSet, WeakReference<Plans>> IN_USE = new HashMap<>();

  /** Loading definitions takes a while, and every operator of a job in this JVM needs the same. */
  private static final Map<FeatureSet, Plans> LATEST =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<FeatureSet, Plans> eldest) {
          return size() > 8;
        }
      };

  /** Copies what can be changed. */
  public FeatureSet {
    cohorts = new TreeMap<>(cohorts);
    cohorts.values().removeIf(cohort -> cohort == 0);
  }

  /** A set of features that begin together. */
  public FeatureSet(DefinitionBundle bundle, List<String> featureIds, Knowledge knowledge) {
    this(bundle, featureIds, knowledge, Map.of());
  }

  /** Every feature that is defined, as a live job computes them. */
  public static FeatureSet live(DefinitionBundle bundle) {
    List<String> ids = bundle.definitions().features().stream().map(Feature::id).toList();
    return new FeatureSet(bundle, ids, Knowledge.AS_KNOWN);
  }

  /** The same features, some of which began later. */
  public FeatureSet withCohorts(Map<String, Integer> others) {
    return new FeatureSet(bundle, featureIds, knowledge, others);
  }

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
    synchronized (LATEST) {
      return LATEST.computeIfAbsent(this, FeatureSet::inUse);
    }
  }

  private static Plans inUse(FeatureSet set) {
    IN_USE.values().removeIf(plans -> plans.refersTo(null));
    WeakReference<Plans> known = IN_USE.get(set);
    Plans plans = known == null ? null : known.get();
    if (plans == null) {
      plans = make(set);
      IN_USE.put(set, new WeakReference<>(plans));
    }
    return plans;
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
            plans.add(
                TimelinePlan.of(
                    definitions, entity, List.copyOf(windowed), set.knowledge, set.cohorts)));
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
