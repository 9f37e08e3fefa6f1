package io.plumbline.jobs.backfill;

import io.plumbline.UserError;
import io.plumbline.jobs.admission.RejectionCounts;
import io.plumbline.jobs.feature.InputOrder;
import io.plumbline.jobs.lake.LakeFile;
import io.plumbline.jobs.lake.LakePlan;
import io.plumbline.jobs.observations.ObservationSummary;
import io.plumbline.jobs.pipeline.JobFailures;
import io.plumbline.jobs.pipeline.TableRows;
import io.plumbline.jobs.table.Manifest;
import io.plumbline.jobs.table.Snapshot;
import io.plumbline.jobs.table.TableProfile;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Makes a training table: plans, runs the job, and lets the snapshot appear when all is there. */
public final class Backfill {
  /** What a backfill made. */
  public record Result(Path snapshot, Manifest manifest, Map<String, Object> accumulators) {}

  /** Is told how far the job has come. */
  public interface Watcher {
    /** Follows a job until it ends. */
    void follow(BackfillPlan plan, JobClient job);
  }

  private Backfill() {}

  /**
   * Runs a backfill.
   *
   * @param env where to run
   * @param mode BATCH or STREAMING; the rows are the same
   * @throws UserError if the input is wrong or the table cannot be written; nothing is left behind
   */
  public static Result run(
      BackfillRequest request,
      StreamExecutionEnvironment env,
      RuntimeExecutionMode mode,
      Watcher watcher) {
    BackfillPlan plan = BackfillPlan.of(request);
    Snapshot snapshot =
        Snapshot.begin(request.out(), request.name(), request.snapshot(), Clock.systemUTC());
    boolean published = false;
    try {
      InputOrder order =
          mode == RuntimeExecutionMode.BATCH ? InputOrder.BY_BUCKET : InputOrder.ARRIVAL;
      env.setRuntimeMode(mode);
      new BackfillGraph(plan, order).define(env, snapshot.staging());
      JobExecutionResult result = execute(env, plan, watcher);
      Map<String, Object> accumulators = result.getAllAccumulatorResults();
      Manifest manifest = manifest(plan, mode, accumulators);
      if (manifest.rows() != plan.observations().summary().rows()) {
        throw new IllegalStateException(
            manifest.rows()
                + " rows for "
                + plan.observations().summary().rows()
                + " observations");
      }
      Path at = snapshot.publish(manifest);
      published = true;
      return new Result(at, manifest, accumulators);
    } finally {
      if (!published) {
        snapshot.abort();
      }
    }
  }

  private static JobExecutionResult execute(
      StreamExecutionEnvironment env, BackfillPlan plan, Watcher watcher) {
    try {
      JobClient job = env.executeAsync("backfill " + plan.request().name());
      watcher.follow(plan, job);
      return job.getJobExecutionResult().get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw UserError.invalid("the backfill was interrupted; nothing was written");
    } catch (Exception e) {
      throw JobFailures.explain(e);
    }
  }

  @SuppressWarnings("unchecked")
  private static Manifest manifest(
      BackfillPlan plan, RuntimeExecutionMode mode, Map<String, Object> accumulators) {
    TableProfile profile = new TableProfile(plan.table());
    for (byte[] part : (List<byte[]>) accumulators.get(TableRows.PROFILES)) {
      try {
        profile.merge(
            TableProfile.read(plan.table(), new DataInputStream(new ByteArrayInputStream(part))));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    ObservationSummary observations = plan.observations().summary();
    return new Manifest(
        Product.version(),
        Instant.now().toString(),
        new Manifest.DefinitionSet(
            plan.set().plans().definitions().fingerprint(), plan.set().bundle().files()),
        plan.request().service().orElse(null),
        plan.table().features().stream().map(Manifest.FeatureEntry::of).toList(),
        plan.request().knowledge().label(),
        mode.name().toLowerCase(java.util.Locale.ROOT),
        new Manifest.ObservationEntry(
            observations.path(),
            observations.sha256(),
            observations.rows(),
            Instant.ofEpochMilli(observations.minAt()).toString(),
            Instant.ofEpochMilli(observations.maxAt()).toString()),
        lakeFiles(plan),
        profile.rows(),
        rejected(plan, accumulators),
        profile.contentHash(),
        profile.columns());
  }

  private static Map<String, Manifest.SourceFiles> lakeFiles(BackfillPlan plan) {
    Map<String, Manifest.SourceFiles> files = new LinkedHashMap<>();
    Path lake = plan.request().lake();
    plan.lake()
        .forEach(
            (source, read) -> {
              List<LakeFile> all = read.files();
              files.put(
                  source,
                  new Manifest.SourceFiles(
                      all.stream()
                          .map(LakeFile::minIngestedAt)
                          .min(Long::compare)
                          .map(t -> Instant.ofEpochMilli(t).toString())
                          .orElse(null),
                      all.stream()
                          .map(LakeFile::maxIngestedAt)
                          .max(Long::compare)
                          .map(t -> Instant.ofEpochMilli(t).toString())
                          .orElse(null),
                      all.stream()
                          .map(
                              f ->
                                  new Manifest.LakeFile(
                                      lake.relativize(f.path()).toString(), f.rows(), f.bytes()))
                          .toList()));
            });
    return files;
  }

  private static Map<String, Map<String, Long>> rejected(
      BackfillPlan plan, Map<String, Object> accumulators) {
    Map<String, Map<String, Long>> rejected = new TreeMap<>();
    for (Map.Entry<String, LakePlan> entry : plan.lake().entrySet()) {
      Map<String, Long> counts = RejectionCounts.of(entry.getKey(), accumulators);
      if (entry.getValue().malformedRows() > 0) {
        counts.merge("malformed", entry.getValue().malformedRows(), Long::sum);
      }
      rejected.put(entry.getKey(), counts);
    }
    return rejected;
  }
}
