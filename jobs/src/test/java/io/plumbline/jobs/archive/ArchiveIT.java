package io.plumbline.jobs.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plumbline.definition.DefinitionLoader;
import io.plumbline.definition.Source;
import io.plumbline.jobs.lake.Completeness;
import io.plumbline.jobs.lake.LakePlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutionException;
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
import org.junit.jupiter.api.Test;
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
  private int attempts = 20;
  private Duration rollInterval = Duration.ofMillis(200);

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
          await(() -> watch.rows() > wanted / 2, "rows of phase " + before + ", seed " + seed);
          Files.deleteIfExists(lake.resolve(".archive/pay/owner"));
          await(() -> watch.rows() > wanted * 0.9, "rows of phase " + before + ", seed " + seed);
          Faults.READ.set(-1);
          Faults.DECODED.set(-1);
          savepoint = stop(job, cluster);
        }
      }
    }
    checkAll(log, "seed " + seed);
    log.forget();
  }

  @Test
  void anOlderSavepointNeitherRepeatsNorLoses(@InjectMiniCluster MiniCluster cluster)
      throws Exception {
    TestLog log = new TestLog(7, 3, 3_000, 800);
    try (Watch watch = new Watch(lake, log)) {
      log.limit = 1_000;
      JobClient first = start(log, 2, null);
      await(() -> watch.rows() > 2_000, "the first rows");
      String old = stop(first, cluster);
      log.limit = 2_000;
      JobClient second = start(log, 1, old);
      await(() -> watch.rows() > 5_000, "the second job's rows");
      stop(second, cluster);
      log.limit = 3_000;
      log.bounded = true;
      start(log, 3, old).getJobExecutionResult().get(60, TimeUnit.SECONDS);
    }
    checkAll(log, "after an older savepoint");
    log.forget();
  }

  @Test
  void aNewJobGoesOnAfterWhatTheLakeHolds() throws Exception {
    TestLog log = new TestLog(8, 3, 1_500, 800);
    log.bounded = true;
    start(log, 2, null).getJobExecutionResult().get(60, TimeUnit.SECONDS);
    Map<String, String> files = new LakeView(lake).files();
    start(log, 3, null).getJobExecutionResult().get(60, TimeUnit.SECONDS);
    assertThat(new LakeView(lake).files()).isEqualTo(files);
    checkAll(log, "read twice");
    log.forget();
  }

  @Test
  void anotherTopicAtTheSamePositionsIsRefused() throws Exception {
    TestLog log = new TestLog(9, 1, 200, 800);
    log.bounded = true;
    start(log, 1, null).getJobExecutionResult().get(60, TimeUnit.SECONDS);
    TestLog other = new TestLog(9, 1, 200, 80_000);
    other.bounded = true;
    attempts = 0;
    JobClient job = start(other, 1, null);
    assertThatThrownBy(() -> job.getJobExecutionResult().get(60, TimeUnit.SECONDS))
        .hasStackTraceContaining("was the topic deleted and made again");
  }

  @Test
  void aSecondJobIsRefused(@InjectMiniCluster MiniCluster cluster) throws Exception {
    TestLog log = new TestLog(10, 2, 300, 800);
    JobClient first = start(log, 1, null);
    await(() -> Files.exists(lake.resolve(".archive/pay/owner")), "the first job");
    attempts = 0;
    JobClient second = start(log, 1, null);
    assertThatThrownBy(() -> second.getJobExecutionResult().get(60, TimeUnit.SECONDS))
        .hasStackTraceContaining("another job archives this source into this lake");
    String savepoint = stop(first, cluster);
    log.bounded = true;
    start(log, 1, savepoint).getJobExecutionResult().get(60, TimeUnit.SECONDS);
    checkAll(log, "one of two jobs");
    log.forget();
  }

  @Test
  void drainingPublishesEverything(@InjectMiniCluster MiniCluster cluster) throws Exception {
    TestLog log = new TestLog(11, 2, 500, 3_000);
    rollInterval = Duration.ofHours(1);
    JobClient job = start(log, 2, null);
    CommonTestUtils.waitForAllTaskRunning(cluster, job.getJobID(), false);
    await(() -> new LakeView(lake).parquet().size() > 0, "an hour to be over");
    String savepoint =
        job.stopWithSavepoint(true, savepoints.toString(), SavepointFormatType.CANONICAL)
            .get(60, TimeUnit.SECONDS);
    long complete = Completeness.of(lake, "pay").knowledgeTimeMs();
    assertThat(complete).isBetween(TestLog.START, TestLog.START + 500 * 3_000);
    checkAll(log, "drained");
    log.bounded = true;
    start(log, 1, savepoint).getJobExecutionResult().get(60, TimeUnit.SECONDS);
    checkAll(log, "drained and started again");
    assertThat(Completeness.of(lake, "pay").knowledgeTimeMs()).isGreaterThanOrEqualTo(complete);
    log.forget();
  }

  @Test
  void saysWhichLakeCannotBeWritten() throws Exception {
    Files.createDirectories(lake);
    Files.writeString(lake.resolve(".archive"), "a file where a folder should be");
    TestLog log = new TestLog(12, 1, 10, 800);
    attempts = 0;
    JobClient job = start(log, 1, null);
    assertThatThrownBy(() -> job.getJobExecutionResult().get(60, TimeUnit.SECONDS))
        .hasStackTraceContaining("the lake " + lake + " cannot be written");
  }

  /** Stops a job with a savepoint, also if it fails in between and starts again. */
  private String stop(JobClient job, MiniCluster cluster) throws Exception {
    for (int tries = 0; ; tries++) {
      CommonTestUtils.waitForAllTaskRunning(cluster, job.getJobID(), false);
      try {
        return job.stopWithSavepoint(false, savepoints.toString(), SavepointFormatType.CANONICAL)
            .get(60, TimeUnit.SECONDS);
      } catch (ExecutionException e) {
        if (tries == 10) {
          throw e;
        }
      }
    }
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
    configuration.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, attempts);
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
            folder.resolve("defs"), Set.of(), lake, 50_000, rollInterval, Duration.ofMillis(40));
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
