package io.plumbline.jobs.backfill;

import io.plumbline.UserError;
import io.plumbline.definition.DefinitionBundle;
import io.plumbline.definition.Definitions;
import io.plumbline.definition.Feature;
import io.plumbline.definition.Source;
import io.plumbline.jobs.feature.FeatureSet;
import io.plumbline.jobs.lake.Completeness;
import io.plumbline.jobs.lake.LakePlan;
import io.plumbline.jobs.observations.ObservationFile;
import io.plumbline.jobs.observations.ObservationOptions;
import io.plumbline.jobs.observations.ObservationSummary;
import io.plumbline.jobs.pipeline.FeatureFinisher;
import io.plumbline.jobs.pipeline.HistoryReach;
import io.plumbline.jobs.pipeline.ObservationKeys;
import io.plumbline.jobs.table.FeatureColumn;
import io.plumbline.jobs.table.TableSchema;
import io.plumbline.time.Knowledge;
import java.nio.file.Files;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A request that was found to be possible: everything that a user can get wrong has been looked at
 * before a job starts.
 *
 * @param set what to compute
 * @param observations the rows
 * @param lake what to read of each source
 * @param table columns of the table
 */
public record BackfillPlan(
    BackfillRequest request,
    FeatureSet set,
    ObservationFile observations,
    Map<String, LakePlan> lake,
    TableSchema table) {

  /**
   * Looks at everything that a request names.
   *
   * @throws UserError that says what is wrong and how to mend it
   */
  public static BackfillPlan of(BackfillRequest request) {
    if (!Files.isDirectory(request.lake())) {
      throw UserError.wrongCall(
          "--lake " + request.lake() + ": there is no such folder; import or archive events first");
    }
    DefinitionBundle bundle = DefinitionBundle.read(request.definitions());
    FeatureSet set =
        new FeatureSet(bundle, featureIds(request, bundle.definitions()), request.knowledge());
    FeatureSet.Plans plans = set.plans();
    List<FeatureColumn> columns = FeatureFinisher.columns(plans);
    ObservationFile observations =
        ObservationFile.open(
            request.observations(),
            new ObservationOptions(
                request.timestampColumn(),
                ObservationKeys.columns(plans),
                columns.stream().map(FeatureColumn::name).toList()));
    Map<String, LakePlan> lake = new LinkedHashMap<>();
    for (String name : plans.sources()) {
      Source source = plans.definitions().source(name);
      lake.put(name, lakePlan(request, set, source, observations.summary()));
    }
    if (lake.keySet().stream().noneMatch(s -> LakePlan.hasFiles(request.lake(), s))) {
      throw UserError.invalid(
          String.format(
              "--lake %s has no events of %s; import or archive them first",
              request.lake(), String.join(", ", lake.keySet())));
    }
    return new BackfillPlan(
        request, set, observations, lake, new TableSchema(observations.codec(), columns));
  }

  private static List<String> featureIds(BackfillRequest request, Definitions definitions) {
    if (request.service().isEmpty()) {
      return definitions.features().stream().map(Feature::id).toList();
    }
    try {
      return definitions.service(request.service().get()).features();
    } catch (IllegalArgumentException e) {
      throw UserError.wrongCall("--service " + request.service().get() + ": " + e.getMessage());
    }
  }

  private static LakePlan lakePlan(
      BackfillRequest request, FeatureSet set, Source source, ObservationSummary observations) {
    checkComplete(request, source, observations);
    if (request.scope() == BackfillRequest.Scope.ALL) {
      return LakePlan.all(request.lake(), source);
    }
    HistoryReach reach = HistoryReach.of(set, source, observations.minAt(), observations.maxAt());
    return LakePlan.of(request.lake(), source, reach.fromMs(), reach.toMs());
  }

  private static void checkComplete(
      BackfillRequest request, Source source, ObservationSummary observations) {
    if (request.knowledge() != Knowledge.AS_KNOWN
        || request.completeness() == BackfillRequest.Required.WHATEVER_IS_THERE) {
      return;
    }
    long complete = Completeness.of(request.lake(), source.name()).knowledgeTimeMs();
    if (observations.maxAt() > complete) {
      throw UserError.invalid(
          String.format(
              "%s has an observation at %s, but the lake has source %s only up to %s: what was"
                  + " known later is not there yet. Wait for the archive, leave later observations"
                  + " out, or say --allow-incomplete.",
              observations.path(),
              Instant.ofEpochMilli(observations.maxAt()),
              source.name(),
              Instant.ofEpochMilli(complete)));
    }
  }
}
