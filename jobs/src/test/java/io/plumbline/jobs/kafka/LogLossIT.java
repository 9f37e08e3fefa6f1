package io.plumbline.jobs.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.plumbline.jobs.local.LocalKafka;
import io.plumbline.jobs.pipeline.JobFailures;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.testutils.CommonTestUtils;
import org.apache.flink.runtime.testutils.InMemoryReporter;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.test.junit5.InjectMiniCluster;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Kafka has deleted what a job is to read next. */
class LogLossIT {
  private static final InMemoryReporter METRICS = InMemoryReporter.create();

  /** A job that Flink would start again, were it of use. */
  @RegisterExtension
  static final MiniClusterExtension CLUSTER =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setConfiguration(
                  METRICS.addToConfiguration(
                      new Configuration()
                          .set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay")
                          .set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, 1000)
                          .set(
                              RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY,
                              Duration.ofMillis(50))))
              .setNumberTaskManagers(1)
              .setNumberSlotsPerTaskManager(4)
              .build());

  @TempDir static Path dir;
  private static LocalKafka kafka;
  private static Admin admin;

  @BeforeAll
  static void startKafka() throws Exception {
    kafka = LocalKafka.start(0, dir);
    admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrap()));
  }

  @AfterAll
  static void stopKafka() {
    admin.close();
    kafka.close();
  }

  @Test
  void aSavepointWhoseNextRecordsAreGoneIsRefusedUnlessTheLossIsAccepted(
      @TempDir Path savepoints, @InjectMiniCluster MiniCluster cluster) throws Exception {
    try (Log log = Log.create(kafka, "outage", 2, Log.APPEND_TIME)) {
      String savepoint = readAndStop(cluster, log, "outage", savepoints);
      for (int i = 0; i < 5; i++) {
        log.append(0, "missed");
      }
      log.append(1, "left");
      deleteBefore("outage", 6);
      try (LogJob job = LogJob.start("refused", source("outage").build(), 1, savepoint)) {
        assertThat(failure(job))
            .isInstanceOf(RecordsLost.class)
            .hasMessageContaining("topic outage, partition 0")
            .hasMessageContaining("offset 3,")
            .hasMessageContaining("earliest that Kafka still has is 6")
            .hasMessageContaining("3 offsets were deleted")
            .hasMessageContaining("--accept-loss");
        assertThat(job.seen().records).isEmpty();
      }
      LogSource accepting = source("outage").onLoss(Loss.ACCEPTED).build();
      try (LogJob job = LogJob.start("accepted", accepting, 1, savepoint)) {
        Await.until("what is left", () -> job.seen().records.size() == 3);
        assertThat(job.seen().counts()).containsOnlyKeys("0:6", "0:7", "1:0");
        assertThat(lost(job)).isEqualTo(3);
      }
    }
  }

  @Test
  void aGroupsOffsetThatIsGoneIsRefused() throws Exception {
    try (Log log = Log.create(kafka, "group", 1, Log.APPEND_TIME)) {
      log.append(0, "one");
      log.append(0, "two");
      admin
          .alterConsumerGroupOffsets(
              "group", Map.of(new TopicPartition("group", 0), new OffsetAndMetadata(1)))
          .all()
          .get(10, TimeUnit.SECONDS);
      deleteBefore("group", 2);
      LogSource source = source("group").startAt(new LogStart.Committed()).build();
      try (LogJob job = LogJob.start("group", source, 1)) {
        assertThat(failure(job)).isInstanceOf(RecordsLost.class).hasMessageContaining("offset 1,");
      }
    }
  }

  @Test
  void aTopicThatWasMadeAgainIsRefused(
      @TempDir Path savepoints, @InjectMiniCluster MiniCluster cluster) throws Exception {
    String savepoint;
    try (Log log = Log.create(kafka, "again", 1, Log.APPEND_TIME)) {
      savepoint = readAndStop(cluster, log, "again", savepoints);
    }
    admin.deleteTopics(List.of("again")).all().get(10, TimeUnit.SECONDS);
    Await.until(
        "the topic to be gone",
        () -> !admin.listTopics().names().get(10, TimeUnit.SECONDS).contains("again"));
    try (Log log = Log.create(kafka, "again", 1, Log.APPEND_TIME)) {
      log.append(0, "of another log");
      LogSource accepting = source("again").onLoss(Loss.ACCEPTED).build();
      try (LogJob job = LogJob.start("made-again", accepting, 1, savepoint)) {
        assertThat(failure(job))
            .isInstanceOf(RecordsLost.class)
            .hasMessageContaining("Kafka's log ends at 1: the topic was made again");
      }
    }
  }

  /** Reads three records of the first partition. */
  private static String readAndStop(MiniCluster cluster, Log log, String topic, Path savepoints)
      throws Exception {
    try (LogJob job = LogJob.start("before-" + topic, source(topic).build(), 1)) {
      for (int i = 0; i < 3; i++) {
        log.append(0, "read");
      }
      Await.until("the first records", () -> job.seen().records.size() == 3);
      CommonTestUtils.waitForAllTaskRunning(cluster, job.client().getJobID(), false);
      return job.stop(savepoints);
    }
  }

  private static Throwable failure(LogJob job) {
    return JobFailures.explain(
        catchThrowable(() -> job.client().getJobExecutionResult().get(60, TimeUnit.SECONDS)));
  }

  private static long lost(LogJob job) {
    return METRICS.findMetrics(job.client().getJobID(), LogSource.LOST).values().stream()
        .mapToLong(metric -> ((Counter) metric).getCount())
        .sum();
  }

  private static void deleteBefore(String topic, long offset) throws Exception {
    admin
        .deleteRecords(Map.of(new TopicPartition(topic, 0), RecordsToDelete.beforeOffset(offset)))
        .all()
        .get(10, TimeUnit.SECONDS);
  }

  private static LogSource.Builder source(String topic) {
    return LogSource.of(KafkaSettings.of(kafka.bootstrap()), topic, topic).disorderMs(200);
  }
}
