package io.plumbline.jobs.archive;

import static org.assertj.core.api.Assertions.assertThat;

import io.plumbline.definition.DefinitionLoader;
import io.plumbline.definition.Source;
import io.plumbline.jobs.lake.LakePlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.testutils.CommonTestUtils;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.InjectMiniCluster;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever fails and wherever it starts again, the lake has each record of the log once. */
class ArchiveIT {
  @RegisterExtension
  static final MiniClusterExtension CLUSTER =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberTaskManagers(1)
              .setNumberSlotsPerTaskManager(6)
              .build());

  @TempDir Path folder;
  private Path lake;
  private Path savepoints;

  @BeforeEach
  void write() throws IOException {
    lake = folder.resolve("lake");
    savepoints = folder.resolve("savepoints");
    Path defs = Files.createDirectories(folder.resolve("defs"));
    Files.writeString(
        defs.resolve("pay.avsc"),
        """
        {"type": "record", "name": "Pay", "fields": [
          {"name": "event_id", "type": ["null", "string"], "default": null},
          {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
          {"name": "amount", "type": "double"}]}
        """);
    Files.writeString(
        defs.resolve("pay.yaml"),
        """
        sources:
          - name: pay
            schema: pay.avsc
            topic: pay
            encoding: json
            event_time: at
            event_id: event_id
            ingested_at: record
            lateness: 10m
        """);
    Faults.READ.set(-1);
    Faults.DECODED.set(-1);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void everyRecordOnceWhateverFails(long seed, @InjectMiniCluster MiniCluster cluster)
      throws Exception {
    TestLog log = new TestLog(seed, 4, 6_000, 800);
    Random random = new Random(seed);
    int[] parallelism = {2, 1, 3};
    String savepoint = null;
    try (Watch watch = new Watch(lake, log)) {
      for (int phase = 0; phase < parallelism.length; phase++) {
        boolean last = phase == parallelism.length - 1;
        log.limit = last ? 6_000 : 2_000 * (phase + 1) - random.nextInt(500);
        log.bounded = last;
        Faults.READ.set(random.nextInt(4_000));
        Faults.DECODED.set(random.nextInt(4_000));
        JobClient job = start(log, parallelism[phase], savepoint);
        if (last) {
          job.getJobExecutionResult().get(60, TimeUnit.SECONDS);
        } else {
          int before = phase;
          long wanted = 4L * log.limit / 2;
          await(() -> watch.rows() > wanted * 0.9, "rows of phase " + before + ", seed " + seed);
          Files.deleteIfExists(lake.resolve(".archive/pay/owner"));
          CommonTestUtils.waitForAllTaskRunning(cluster, job.getJobID(), false);
          savepoint =
              job.stopWithSavepoint(false, savepoints.toString(), SavepointFormatType.CANONICAL)
                  .get(60, TimeUnit.SECONDS);
        }
      }
    }
    checkAll(log, "seed " + seed);
    log.forget();
  }

  private void checkAll(TestLog log, String what) throws Exception {
    List<String> expected = log.all().stream().map(LakeView::line).sorted().toList();
    List<String> found = new LakeView(lake).lines().stream().sorted().toList();
    assertThat(found).as(what).isEqualTo(expected);
    LakePlan plan = LakePlan.all(lake, source());
    assertThat(plan.rows() + plan.malformedRows()).as(what).isEqualTo(expected.size());
  }

  private Source source() {
    return DefinitionLoader.load(folder.resolve("defs")).source("pay");
  }

  private JobClient start(TestLog log, int parallelism, String savepoint) throws Exception {
    Configuration configuration = new Configuration();
    configuration.set(PipelineOptions.AUTO_WATERMARK_INTERVAL, Duration.ofMillis(10));
    configuration.set(PipelineOptions.OBJECT_REUSE, true);
    configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
    configuration.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, 20);
    configuration.set(
        RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofMillis(1));
    if (savepoint != null) {
      configuration.set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint);
    }
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.getExecutionEnvironment(configuration);
    env.setParallelism(parallelism);
    ArchiveRequest request =
        new ArchiveRequest(
            folder.resolve("defs"),
            Set.of(),
            lake,
            50_000,
            Duration.ofMillis(200),
            Duration.ofMillis(40));
    return Archive.start(request, env, new Faults(log.number));
  }

  private static void await(BooleanSupplier condition, String what) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(40);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("waited for " + what).isLessThan(end);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
  }
}
