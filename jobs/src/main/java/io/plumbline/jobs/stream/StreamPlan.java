package io.plumbline.jobs.stream;

import io.plumbline.UserError;
import io.plumbline.definition.DefinitionBundle;
import io.plumbline.definition.Source;
import io.plumbline.jobs.feature.FeatureSet;
import io.plumbline.jobs.observations.ObservationOptions;
import io.plumbline.jobs.pipeline.FeatureFinisher;
import io.plumbline.jobs.pipeline.ObservationKeys;
import io.plumbline.jobs.redis.Fences;
import io.plumbline.jobs.redis.RedisConnection;
import io.plumbline.jobs.table.FeatureColumn;
import java.util.List;
import java.util.Optional;

/**
 * A request that was found to be possible: definitions, topics and Redis have been looked at before
 * a job starts.
 *
 * @param set what to compute: every feature that is defined
 * @param observations how to read observations, if there are any
 */
public record StreamPlan(
    StreamRequest request, FeatureSet set, Optional<ObservationOptions> observations) {

  /**
   * Looks at everything that a request names.
   *
   * @throws UserError that says what is wrong and how to mend it
   */
  public static StreamPlan of(StreamRequest request) {
    return of(request, FeatureSet.live(DefinitionBundle.read(request.definitions())));
  }

  /** The same, for features of which some may have begun later than others. */
  static StreamPlan of(StreamRequest request, FeatureSet set) {
    FeatureSet.Plans plans = set.plans();
    if (plans.entities().isEmpty()) {
      throw UserError.invalid(
          request.definitions()
              + ": no feature reads any event; define one to have something live");
    }
    List<Source> sources =
        plans.sources().stream().map(name -> plans.definitions().source(name)).toList();
    request
        .logs()
        .check(
            sources,
            request.asking().map(a -> List.of(a.observations(), a.answers())).orElse(List.of()));
    try (RedisConnection redis = RedisConnection.open(request.redis().redis())) {
      Fences.check(redis, request.redis().generation());
    }
    return new StreamPlan(
        request, set, request.asking().map(asking -> observations(asking, plans)));
  }

  private static ObservationOptions observations(
      StreamRequest.Asking asking, FeatureSet.Plans plans) {
    return new ObservationOptions(
        asking.timestampColumn(),
        ObservationKeys.columns(plans),
        FeatureFinisher.columns(plans).stream().map(FeatureColumn::name).toList());
  }
}
