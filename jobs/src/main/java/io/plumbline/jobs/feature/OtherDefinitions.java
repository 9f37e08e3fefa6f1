package io.plumbline.jobs.feature;

import io.plumbline.UserError;
import io.plumbline.definition.Feature;
import io.plumbline.definition.Source;
import io.plumbline.timeline.TimelinePlan;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.flink.runtime.throwable.ThrowableAnnotation;
import org.apache.flink.runtime.throwable.ThrowableType;

/**
 * State was written under definitions by which it holds something else. Starting the job again
 * would not help, so Flink does not: the job fails, whatever its restart strategy.
 */
@ThrowableAnnotation(ThrowableType.NonRecoverableError)
final class OtherDefinitions extends UserError {
  private static final long serialVersionUID = 1L;
  private static final int SHOWN = 5;

  /** What of a feature decides about state, as definitions name it. */
  private static final Map<String, Function<Feature.Windowed, Object>> OF_FEATURES =
      new LinkedHashMap<>();

  /** What of a source does. */
  private static final Map<String, Function<Source, Object>> OF_SOURCES =
      Map.of("lateness", Source::latenessMs);

  static {
    OF_FEATURES.put("entity", Feature::entity);
    OF_FEATURES.put("source", Feature.Windowed::source);
    OF_FEATURES.put("where", Feature.Windowed::where);
    OF_FEATURES.put("value", Feature.Windowed::value);
    OF_FEATURES.put("type of value", Feature.Windowed::valueType);
    OF_FEATURES.put("aggregate", Feature.Windowed::aggregation);
    OF_FEATURES.put("window", Feature.Windowed::window);
    OF_FEATURES.put("emit", Feature.Windowed::emit);
    OF_FEATURES.put("retain", Feature.Windowed::retainMs);
  }

  private OtherDefinitions(String message) {
    super(Exit.NO, message, null);
  }

  /** Says what differs. */
  static OtherDefinitions of(FeatureSet.Plans written, FeatureSet.Plans asked) {
    List<String> differences = new ArrayList<>();
    compare("feature", features(written), features(asked), OF_FEATURES, differences);
    compare("source", sources(written), sources(asked), OF_SOURCES, differences);
    if (differences.isEmpty()) {
      differences.add("features or sources are in another order");
    }
    int more = differences.size() - SHOWN;
    return new OtherDefinitions(
        "the savepoint was taken under other definitions, and its state is not what these features"
            + " need: "
            + differences.stream().limit(SHOWN).collect(Collectors.joining("; "))
            + (more > 0 ? "; and " + more + " more" : "")
            + ". Start from it with the definitions it was taken with, or start anew without it");
  }

  private static Map<String, Feature.Windowed> features(FeatureSet.Plans plans) {
    Map<String, Feature.Windowed> features = new LinkedHashMap<>();
    for (TimelinePlan plan : plans.entities()) {
      plan.features().forEach(feature -> features.put(feature.id(), feature));
    }
    return features;
  }

  private static Map<String, Source> sources(FeatureSet.Plans plans) {
    Map<String, Source> sources = new LinkedHashMap<>();
    plans.sources().forEach(name -> sources.put(name, plans.definitions().source(name)));
    return sources;
  }

  private static <T> void compare(
      String kind,
      Map<String, T> written,
      Map<String, T> asked,
      Map<String, Function<T, Object>> properties,
      List<String> differences) {
    Set<String> names = new LinkedHashSet<>(written.keySet());
    names.addAll(asked.keySet());
    for (String name : names) {
      T before = written.get(name);
      T now = asked.get(name);
      if (before == null || now == null) {
        differences.add(kind + " " + name + (before == null ? " is new" : " is gone"));
        continue;
      }
      String changed =
          properties.entrySet().stream()
              .filter(p -> !Objects.equals(p.getValue().apply(before), p.getValue().apply(now)))
              .map(Map.Entry::getKey)
              .collect(Collectors.joining(", "));
      if (!changed.isEmpty()) {
        differences.add(kind + " " + name + " has another " + changed);
      }
    }
  }
}
