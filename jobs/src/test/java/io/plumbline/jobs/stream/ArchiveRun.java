package io.plumbline.jobs.stream;

import io.plumbline.jobs.archive.Archive;
import io.plumbline.jobs.archive.ArchiveRequest;
import io.plumbline.jobs.backfill.Backfill;
import io.plumbline.jobs.backfill.BackfillRequest;
import io.plumbline.jobs.backfill.Payments;
import io.plumbline.jobs.kafka.KafkaSettings;
import io.plumbline.jobs.kafka.LogStart;
import io.plumbline.jobs.kafka.RegistrySettings;
import io.plumbline.jobs.lake.Completeness;
import io.plumbline.jobs.table.TableFormat;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** An archive of a test, which copies the topics of a live job into a lake, and its backfills. */
final class ArchiveRun implements AutoCloseable {
  private static final Duration ROLL = Duration.ofMillis(500);
  private static final Duration CHECKPOINT = Duration.ofMillis(200);

  private final Path definitions;
  private final Path lake;
  private final List<String> sources;
  private JobClient job;

  /**
   * Starts the job.
   *
   * @param folder where the lake and the tables go
   */
  ArchiveRun(Servers servers, String name, Path definitions, Path folder, int parallelism)
      throws Exception {
    this.definitions = definitions;
    lake = folder.resolve("lake");
    Configuration configuration = new Configuration();
    configuration.set(PipelineOptions.GENERIC_TYPES, false);
    configuration.set(PipelineOptions.OBJECT_REUSE, true);
    configuration.set(PipelineOptions.AUTO_WATERMARK_INTERVAL, Duration.ofMillis(50));
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.getExecutionEnvironment(configuration);
    env.setParallelism(parallelism);
    KafkaLogs logs =
        new KafkaLogs(
            KafkaSettings.of(servers.kafka().bootstrap()),
            RegistrySettings.none(),
            new LogStart.Earliest(),
            name);
    ArchiveRequest request =
        new ArchiveRequest(
            definitions, Set.of(), lake, ArchiveRequest.ROLL_BYTES, ROLL, CHECKPOINT);
    sources = Archive.define(request, env, logs);
    job = env.executeAsync(name);
  }

  /** Up to when the lake has every source, epoch ms; {@code Long.MIN_VALUE} before it says so. */
  long complete() {
    return sources.stream().mapToLong(source -> published(lake, source)).min().orElseThrow();
  }

  private static long published(Path lake, String source) {
    return Completeness.isPublished(lake, source)
        ? Completeness.of(lake, source).knowledgeTimeMs()
        : Long.MIN_VALUE;
  }

  /** Waits until the lake has everything known by a time, and stops the job. */
  void awaitComplete(long time) throws Exception {
    Await.until("the lake to be complete up to " + time, () -> complete() >= time, this::complete);
    close();
  }

  /** The table of all features over the lake, as JSON lines. */
  Backfill.Result backfill(Path observations) {
    return Payments.backfill(
        definitions,
        lake,
        observations,
        lake.resolveSibling("out"),
        BackfillRequest.Scope.ALL,
        RuntimeExecutionMode.BATCH,
        1,
        TableFormat.JSON_LINES);
  }

  @Override
  public void close() {
    if (job != null) {
      job.cancel().orTimeout(60, TimeUnit.SECONDS).join();
      job = null;
    }
  }
}
