package io.plumbline.jobs.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.plumbline.definition.Source;
import io.plumbline.jobs.local.LocalKafka;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.testutils.CommonTestUtils;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.test.junit5.InjectMiniCluster;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class LogSourceIT {
  private static final long DISORDER = 200;

  /** A batch of records is all that a reader gets at a time. */
  private static final Map<String, String> SLOWLY =
      Map.of("fetch.max.bytes", "1", "max.partition.fetch.bytes", "1");

  @RegisterExtension
  static final MiniClusterExtension CLUSTER =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setConfiguration(
                  new Configuration().set(RestartStrategyOptions.RESTART_STRATEGY, "none"))
              .setNumberTaskManagers(1)
              .setNumberSlotsPerTaskManager(4)
              .build());

  @TempDir static Path dir;
  private static LocalKafka kafka;

  @BeforeAll
  static void startKafka() throws Exception {
    kafka = LocalKafka.start(0, dir);
  }

  @AfterAll
  static void stopKafka() {
    kafka.close();
  }

  @Test
  void noRecordComesBehindTheWatermarkWithinTheDisorder() throws Exception {
    long seed = 7;
    Random random = new Random(seed);
    long start = System.currentTimeMillis() - 3_600_000;
    int perPartition = 5_000;
    long[] largest = new long[3];
    try (Log log = Log.create(kafka, "disorder", 3, Map.of())) {
      for (int p = 0; p < 3; p++) {
        SteeredEnds.lengthen(new TopicPartition("disorder", p));
        for (int i = 0; i < perPartition; i++) {
          long time = start + p * 5_000L + i * 10L - random.nextLong(DISORDER);
          largest[p] = Math.max(largest[p], time);
          log.send(p, time, "e");
        }
      }
      log.flush();
      LogSource source = source("disorder").ends(SteeredEnds.factory(kafka.bootstrap())).build();
      try (LogJob job = LogJob.start("disorder", source, 2)) {
        long expected = largest[0] - DISORDER - 1;
        Await.until("the mark of the slowest", () -> job.seen().watermark == expected);
        Await.until("all records", () -> job.seen().records.size() == 3 * perPartition);
        assertThat(job.seen().behind).as("seed " + seed).isEmpty();
        assertThat(List.copyOf(job.seen().watermarks)).isSorted();
        assertThat(job.seen().watermark).isEqualTo(expected);
      }
    }
  }

  /** Each is read by a task of its own. */
  @Test
  void partitionsWithABacklogAreReadAbreast() throws Exception {
    int perPartition = 12_000;
    long start = System.currentTimeMillis() - 3_600_000;
    kafka.createTopic("abreast", 2, Map.of());
    try (Log log = Log.unbatched(kafka, "abreast")) {
      for (int i = 0; i < perPartition; i++) {
        log.send(0, start + i / 10, "e");
        log.send(1, start + 600_000 + i / 10, "e");
      }
      log.flush();
      KafkaSettings settings = new KafkaSettings(kafka.bootstrap(), SLOWLY);
      LogSource source = LogSource.of(settings, "abreast", "abreast").abreast().build();
      try (LogJob job = LogJob.start("abreast", source, 2)) {
        Await.until("all records", () -> job.seen().records.size() == 2 * perPartition);
        int[] read = new int[2];
        for (LogRecord record : job.seen().records) {
          read[record.partition()]++;
          if (read[1] == perPartition - 1_000) {
            assertThat(read[0]).isEqualTo(perPartition);
          }
        }
        assertThat(job.seen().behind).isEmpty();
      }
    }
  }

  @Test
  void neitherSilentNorEmptyPartitionsHoldBackAndAnIdleTopicGoesOn() throws Exception {
    try (Log log = Log.create(kafka, "silent", 3, Log.APPEND_TIME)) {
      long first = log.append(0, "only one");
      try (LogJob job = LogJob.start("silent", source("silent").build(), 3)) {
        Await.until("the clock", () -> job.seen().watermark > first);
        long later = log.append(1, "another");
        Await.until("the clock again", () -> job.seen().watermark > later);
        long idle = System.currentTimeMillis() + 300;
        Await.until("time without records", () -> job.seen().watermark > idle);
        assertThat(job.seen().behind).isEmpty();
        assertThat(job.seen().counts()).isEqualTo(Map.of("0:0", 1, "1:0", 1));
      }
    }
  }

  @Test
  void aPartitionWithUnreadRecordsHoldsBack() throws Exception {
    TopicPartition stalled = new TopicPartition("stalled", 1);
    SteeredEnds.lengthen(stalled);
    try (Log log = Log.create(kafka, "stalled", 2, Log.APPEND_TIME)) {
      long before = log.append(1, "read");
      LogSource source = source("stalled").ends(SteeredEnds.factory(kafka.bootstrap())).build();
      try (LogJob job = LogJob.start("stalled", source, 1)) {
        Await.until("the first mark", () -> job.seen().watermark == before - DISORDER - 1);
        for (int i = 0; i < 5; i++) {
          int samples = SteeredEnds.SAMPLES.get();
          log.append(0, "goes on");
          Await.until("another sample", () -> SteeredEnds.SAMPLES.get() > samples + 1);
        }
        Await.until("all records", () -> job.seen().records.size() == 6);
        assertThat(job.seen().watermark).isEqualTo(before - DISORDER - 1);
        SteeredEnds.letBe(stalled);
        long now = System.currentTimeMillis();
        Await.until("release", () -> job.seen().watermark > now);
      }
    }
  }

  @Test
  void observationsHoldBackUntilTheyAreReadToTheEnd() throws Exception {
    TopicPartition stalled = new TopicPartition("asked", 0);
    SteeredEnds.lengthen(stalled);
    try (Log log = Log.create(kafka, "asked", 1, Log.APPEND_TIME)) {
      log.append(0, "one");
      LogSource source =
          source("asked").completeAfterMs(50).ends(SteeredEnds.factory(kafka.bootstrap())).build();
      try (LogJob job = LogJob.start("asked", source, 1)) {
        Await.until("the record", () -> job.seen().records.size() == 1);
        int samples = SteeredEnds.SAMPLES.get();
        Await.until("samples", () -> SteeredEnds.SAMPLES.get() > samples + 3);
        assertThat(job.seen().watermarks).isEmpty();
        SteeredEnds.letBe(stalled);
        long now = System.currentTimeMillis();
        Await.until("the clock", () -> job.seen().watermark > now);
      }
    }
  }

  @Test
  void theEndOfATransactionIsNoRecordToWaitFor() throws Exception {
    kafka.createTopic("transactions", 2, Log.APPEND_TIME);
    try (Log log = Log.transactional(kafka, "transactions")) {
      log.producer().beginTransaction();
      log.append(0, "committed");
      log.producer().commitTransaction();
      log.producer().beginTransaction();
      log.append(0, "aborted");
      long last = log.append(1, "aborted");
      log.producer().abortTransaction();
      try (LogJob job = LogJob.start("transactions", source("transactions").build(), 1)) {
        Await.until("the clock", () -> job.seen().watermark > last + DISORDER);
        assertThat(job.seen().counts()).isEqualTo(Map.of("0:0", 1));
        log.producer().beginTransaction();
        long open = log.append(1, "open");
        log.producer().commitTransaction();
        Await.until("its record", () -> job.seen().records.size() == 2);
        Await.until("the clock", () -> job.seen().watermark > open + DISORDER);
      }
    }
  }

  @Test
  void deletedRecordsAreNotWaitedFor() throws Exception {
    try (Log log = Log.create(kafka, "deleted", 1, Log.APPEND_TIME);
        Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrap()))) {
      log.append(0, "one");
      long last = log.append(0, "two");
      TopicPartition partition = new TopicPartition("deleted", 0);
      admin
          .alterConsumerGroupOffsets("deleted", Map.of(partition, new OffsetAndMetadata(1)))
          .all()
          .get(10, TimeUnit.SECONDS);
      admin
          .deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(2)))
          .all()
          .get(10, TimeUnit.SECONDS);
      LogSource source =
          source("deleted").startAt(new LogStart.Committed()).onLoss(Loss.ACCEPTED).build();
      try (LogJob job = LogJob.start("deleted", source, 1)) {
        Await.until("the clock", () -> job.seen().watermark > last + DISORDER);
        log.append(0, "three");
        Await.until("what came later", () -> job.seen().counts().equals(Map.of("0:2", 1)));
      }
    }
  }

  @Test
  void readsFromWhereItIsTold() throws Exception {
    try (Log log = Log.create(kafka, "told", 2, Map.of())) {
      for (int i = 0; i < 10; i++) {
        log.send(0, 1_000L + i, "e");
      }
      log.flush();
      LogSource source = source("told").startAt(new LogStart.At(1_007)).build();
      try (LogJob job = LogJob.start("told", source, 1)) {
        Await.until("the last ones", () -> job.seen().records.size() == 3);
        assertThat(job.seen().counts()).containsOnlyKeys("0:7", "0:8", "0:9");
        long now = System.currentTimeMillis();
        Await.until("the clock", () -> job.seen().watermark > now);
      }
    }
  }

  @Test
  void findsNewPartitions() throws Exception {
    try (Log log = Log.create(kafka, "growing", 1, Log.APPEND_TIME);
        Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrap()))) {
      LogSource source = source("growing").discovery(Duration.ofMillis(200)).build();
      try (LogJob job = LogJob.start("growing", source, 1)) {
        long first = log.append(0, "old");
        Await.until("the clock", () -> job.seen().watermark > first);
        admin
            .createPartitions(Map.of("growing", NewPartitions.increaseTo(2)))
            .all()
            .get(10, TimeUnit.SECONDS);
        long second = log.append(1, "new");
        Await.until("the new one's record", () -> job.seen().counts().containsKey("1:0"));
        Await.until("the clock", () -> job.seen().watermark > second);
        assertThat(List.copyOf(job.seen().watermarks)).isSorted();
      }
    }
  }

  @Test
  void aReaderWithoutPartitionsHoldsBackForAWhile() throws Exception {
    try (Log log = Log.create(kafka, "narrow", 1, Log.APPEND_TIME)) {
      long time = log.append(0, "e");
      LogSource patient = source("narrow").ends(SteeredEnds.factory(kafka.bootstrap())).build();
      try (LogJob job = LogJob.start("patient", patient, 2)) {
        Await.until("the record", () -> job.seen().records.size() == 1);
        int samples = SteeredEnds.SAMPLES.get();
        Await.until("samples", () -> SteeredEnds.SAMPLES.get() > samples + 3);
        assertThat(job.seen().watermarks).isEmpty();
      }
      LogSource brief = source("narrow").idleAfter(Duration.ofMillis(300)).build();
      try (LogJob job = LogJob.start("brief", brief, 2)) {
        Await.until("the clock", () -> job.seen().watermark > time);
      }
    }
  }

  @Test
  void takesTimesFromAFieldWhereTheSourceSaysSo() throws Exception {
    Source events =
        new Source(
            "events",
            Avro.schema("{'name':'at','type':'long'}"),
            "field",
            Source.Encoding.JSON,
            "at",
            new Source.IngestedAt.Field("at"),
            DISORDER,
            Optional.empty(),
            0,
            0);
    SteeredEnds.lengthen(new TopicPartition("field", 0));
    try (Log log = Log.create(kafka, "field", 1, Log.APPEND_TIME)) {
      log.append(0, "{\"at\": 5000}");
      log.append(0, "{\"at\": 6000}");
      log.append(0, "malformed");
      log.append(0, "{\"at\": 5900}");
      LogSource source =
          source("field")
              .ingestedAt(IngestionClock.of(events, RegistrySettings.none()))
              .ends(SteeredEnds.factory(kafka.bootstrap()))
              .build();
      try (LogJob job = LogJob.start("field", source, 1)) {
        Await.until("all records", () -> job.seen().records.size() == 4);
        Await.until("a mark", () -> job.seen().watermark == 6_000 - DISORDER - 1);
        assertThat(job.seen().behind).isEmpty();
      }
    }
  }

  @Test
  void outlivesABrokerThatGoesAwayForAWhile(@TempDir Path ownDir) throws Exception {
    LocalKafka first = LocalKafka.start(0, ownDir);
    int port = Integer.parseInt(first.bootstrap().replaceFirst(".*:", ""));
    try (Log log = Log.create(first, "outage", 1, Log.APPEND_TIME)) {
      long before = log.append(0, "before");
      LogSource source =
          LogSource.of(KafkaSettings.of(first.bootstrap()), "outage", "outage")
              .disorderMs(DISORDER)
              .build();
      try (LogJob job = LogJob.start("outage", source, 1)) {
        Await.until("the clock", () -> job.seen().watermark > before);
        first.close();
        long gone = System.currentTimeMillis();
        assertThat(job.seen().watermark).isLessThan(gone);
        try (LocalKafka second = LocalKafka.start(port, ownDir)) {
          long after = log.append(0, "after");
          Await.until("what came after", () -> job.seen().records.size() == 2);
          Await.until("the clock", () -> job.seen().watermark > after);
          assertThat(job.seen().counts()).isEqualTo(Map.of("0:0", 1, "0:1", 1));
          assertThat(job.seen().behind).isEmpty();
          assertThat(second.bootstrap()).isEqualTo(first.bootstrap());
        }
      }
    }
  }

  @Test
  void goesOnFromASavepointWithOtherParallelisms(
      @TempDir Path savepoints, @InjectMiniCluster MiniCluster cluster) throws Exception {
    int partitions = 4;
    try (Log log = Log.create(kafka, "savepoint", partitions, Log.APPEND_TIME)) {
      String savepoint = null;
      int sent = 0;
      for (int parallelism : List.of(4, 1, 3)) {
        int until = sent + 40;
        try (LogJob job =
            LogJob.start("savepoint", source("savepoint").build(), parallelism, savepoint)) {
          long last = 0;
          for (; sent < until; sent++) {
            last = log.append(sent % partitions, "e");
          }
          long lastTime = last;
          Await.until("all so far", () -> job.seen().records.size() >= until);
          Await.until("the clock", () -> job.seen().watermark > lastTime);
          // What comes between the runs is read by the next.
          log.append(0, "before the stop");
          sent++;
          CommonTestUtils.waitForAllTaskRunning(cluster, job.client().getJobID(), false);
          savepoint = job.stop(savepoints);
          log.append(1, "between");
          sent++;
        }
      }
      int all = sent;
      try (LogJob job = LogJob.start("savepoint", source("savepoint").build(), 2, savepoint)) {
        Await.until("all", () -> job.seen().records.size() >= all);
        assertThat(job.seen().counts()).hasSize(all);
        assertThat(Collections.max(job.seen().counts().values())).isEqualTo(1);
        assertThat(job.seen().behind).isEmpty();
      }
    }
  }

  private static LogSource.Builder source(String topic) {
    return LogSource.of(KafkaSettings.of(kafka.bootstrap()), topic, topic).disorderMs(DISORDER);
  }
}
