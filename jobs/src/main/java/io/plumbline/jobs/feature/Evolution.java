package io.plumbline.jobs.feature;

import io.plumbline.definition.Definitions;
import io.plumbline.definition.Feature;
import io.plumbline.definition.Meaning;
import io.plumbline.jobs.feature.FeatureChange.Difference;
import io.plumbline.jobs.feature.FeatureChange.Kind;
import io.plumbline.timeline.Coverage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * How a job goes on from state that was written under other definitions.
 *
 * <p>Features that stay keep their state to the bit. An added one has its whole history if those
 * that began with the job keep all that it needs, and counts from now on otherwise: it then belongs
 * to a cohort of its own, which shares nothing with what was there before.
 *
 * @param changes of every feature, first those of the new definitions in their order
 * @param set the new features, each with its cohort
 */
public record Evolution(List<FeatureChange> changes, FeatureSet set, FeatureSet written) {

  /** Compares. */
  public static Evolution of(FeatureSet written, FeatureSet asked) {
    Map<String, Feature> before = features(written);
    Map<String, Feature> now = features(asked);
    Map<String, Integer> cohorts = new TreeMap<>();
    List<FeatureChange> changes = new ArrayList<>();
    int next = 1 + written.cohorts().values().stream().mapToInt(c -> c).max().orElse(0);
    now.forEach(
        (id, feature) -> {
          Feature old = before.get(id);
          FeatureChange change =
              old == null
                  ? new FeatureChange(id, Kind.ADDED_EMPTY, List.of())
                  : compare(old, written, feature, asked);
          int cohort = change.kind() == Kind.CHANGED ? next : written.cohorts().getOrDefault(id, 0);
          if (old == null) {
            boolean whole = isWhole(feature, before.keySet(), written, asked);
            cohort = whole ? 0 : next;
            if (whole) {
              change = new FeatureChange(id, Kind.ADDED_WHOLE, List.of());
            }
          }
          changes.add(change);
          if (feature instanceof Feature.Windowed) {
            cohorts.put(id, cohort);
          }
        });
    before.keySet().stream()
        .filter(id -> !now.containsKey(id))
        .forEach(id -> changes.add(new FeatureChange(id, Kind.REMOVED, List.of())));
    return new Evolution(List.copyOf(changes), asked.withCohorts(cohorts), written);
  }

  private static Map<String, Feature> features(FeatureSet set) {
    Map<String, Feature> features = new LinkedHashMap<>();
    set.plans().features().forEach(feature -> features.put(feature.id(), feature));
    set.plans().entities().stream()
        .flatMap(plan -> plan.features().stream())
        .forEach(feature -> features.putIfAbsent(feature.id(), feature));
    return features;
  }

  private static FeatureChange compare(
      Feature old, FeatureSet written, Feature now, FeatureSet asked) {
    List<Difference> meaning =
        differences(
            Meaning.of(old, written.plans().definitions()),
            Meaning.of(now, asked.plans().definitions()));
    if (!meaning.isEmpty()) {
      return new FeatureChange(now.id(), Kind.CHANGED, meaning);
    }
    List<Difference> looks = differences(Meaning.presentation(old), Meaning.presentation(now));
    return new FeatureChange(now.id(), looks.isEmpty() ? Kind.KEPT : Kind.PRESENTATION, looks);
  }

  private static List<Difference> differences(Map<String, String> was, Map<String, String> is) {
    Set<String> properties = new LinkedHashSet<>(was.keySet());
    properties.addAll(is.keySet());
    // Which fields are read, other properties say.
    properties.removeIf(p -> Meaning.isOfField(p) && !(was.containsKey(p) && is.containsKey(p)));
    return properties.stream()
        .filter(p -> !was.getOrDefault(p, "none").equals(is.getOrDefault(p, "none")))
        .map(p -> new Difference(p, was.getOrDefault(p, "none"), is.getOrDefault(p, "none")))
        .toList();
  }

  /** Whether a new feature has its history: a derived one if each of its operands has. */
  private static boolean isWhole(
      Feature feature, Set<String> before, FeatureSet written, FeatureSet asked) {
    if (feature instanceof Feature.Derived derived) {
      Definitions definitions = asked.plans().definitions();
      return derived.operands().stream()
          .map(operand -> definitions.feature(operand.id()))
          .allMatch(o -> before.contains(o.id()) || isWhole(o, before, written, asked));
    }
    return isCovered(feature, written, asked);
  }

  /** Whether state has all that a new feature needs, and that means the same as before. */
  private static boolean isCovered(Feature feature, FeatureSet written, FeatureSet asked) {
    return feature instanceof Feature.Windowed windowed
        && written.plans().entities().stream()
            .filter(plan -> plan.entity().equals(feature.entity()))
            .anyMatch(plan -> Coverage.of(plan, windowed))
        && Meaning.of(feature, written.plans().definitions())
            .equals(Meaning.of(feature, asked.plans().definitions()));
  }

  /** The features that become something. */
  public List<FeatureChange> of(Kind kind) {
    return changes.stream().filter(change -> change.kind() == kind).toList();
  }

  /**
   * Why a job would not start; empty if it would.
   *
   * @param dropped ids of features whose history may be lost
   */
  public List<String> refusals(Set<String> dropped) {
    List<String> refusals = new ArrayList<>();
    for (FeatureChange change : of(Kind.CHANGED)) {
      refusals.add(
          "feature "
              + change.id()
              + " means something else: "
              + change.said()
              + "; give the new meaning a new version");
    }
    for (FeatureChange change : of(Kind.REMOVED)) {
      if (!dropped.contains(change.id())) {
        refusals.add(
            "feature " + change.id() + " is gone; let its history go with --drop " + change.id());
      }
    }
    for (String id : dropped) {
      if (of(Kind.REMOVED).stream().noneMatch(change -> change.id().equals(id))) {
        refusals.add(
            "--drop "
                + id
                + " names no feature that the savepoint has and the definitions have not");
      }
    }
    return refusals;
  }

  /** Whether the savepoint has state of operators that the job does not have any more. */
  public boolean leavesOperators() {
    return !entities(set).containsAll(entities(written))
        || !set.plans().sources().containsAll(written.plans().sources());
  }

  private static List<String> entities(FeatureSet set) {
    return set.plans().entities().stream().map(plan -> plan.entity()).toList();
  }
}
