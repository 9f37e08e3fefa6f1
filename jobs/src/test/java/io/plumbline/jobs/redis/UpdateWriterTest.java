package io.plumbline.jobs.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.RedisClient;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.plumbline.aggregate.Decayed;
import io.plumbline.jobs.feature.Update;
import io.plumbline.jobs.local.LocalRedis;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.apache.flink.api.common.JobID;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class UpdateWriterTest {
  @TempDir private static Path folder;

  private final JobID job = new JobID();
  private LocalRedis server;
  private RedisSettings settings;
  private RedisConnection redis;

  @BeforeEach
  void start() {
    server = LocalRedis.in(folder).start();
    settings =
        RedisSettings.at(server.uri()).withTimeouts(Duration.ofSeconds(5), Duration.ofSeconds(1));
    redis = RedisConnection.open(settings);
  }

  @AfterEach
  void stop() {
    redis.close();
    server.close();
  }

  private UpdateWriter writer(long generation) {
    return new UpdateWriter(
        Visits.SET,
        List.of(Visits.ENTITY),
        WriterOptions.of(settings, generation).withTombstone(Duration.ofMillis(300)));
  }

  private WriterHarness<Update> started() throws Exception {
    return WriterHarness.start(writer(1), job);
  }

  private Map<String, String> hash(String key) {
    Map<String, String> fields = redis.ask(c -> c.hgetall("fs:user:" + key));
    fields.remove(RedisKeys.SEQUENCE);
    return fields;
  }

  private void set(String... command) {
    redis.ask(c -> c.configSet(command[0], command[1]));
  }

  @Test
  void writesValuesAsJson() throws Exception {
    try (WriterHarness<Update> writer = started()) {
      Object[] values = {3L, 0.1, List.of("a\"b", "c"), new Decayed(1.5, 77)};
      writer.add(new Update(0, "ann", 100, 90, values));
      writer.finish();

      assertThat(hash("ann"))
          .isEqualTo(
              Map.of(
                  "_gen", "1",
                  "_as_of", "100",
                  "visits:v1", "3",
                  "spent:v1", "0.1",
                  "pages:v2", "[\"a\\\"b\",\"c\"]",
                  "heat:v1", "[1.5,77]"));
      assertThat(writer.metrics().freshnessMs.getStatistics().getMax()).isEqualTo(1000 - 90);
    }
  }

  @Test
  void replacesTheWholeHash() throws Exception {
    try (WriterHarness<Update> writer = started()) {
      writer.add(new Update(0, "ann", 100, 90, new Object[] {3L, 0.1, null, null}));
      writer.finish();
      writer.add(new Update(0, "ann", 101, 90, new Object[] {4L, null, List.of(), null}));
      writer.finish();

      assertThat(hash("ann"))
          .isEqualTo(Map.of("_gen", "1", "_as_of", "101", "visits:v1", "4", "pages:v2", "[]"));
    }
  }

  @Test
  void emptiedKeysStayAShortWhile() throws Exception {
    try (WriterHarness<Update> writer = started()) {
      writer.add(Visits.count("ann", 100, 1));
      writer.add(Visits.count("bob", 100, 1));
      writer.finish();
      writer.add(Visits.empty("ann", 200));
      writer.add(Visits.empty("bob", 200));
      writer.finish();
      assertThat(hash("ann")).isEqualTo(Map.of("_gen", "1", "_as_of", "200"));
      writer.add(Visits.count("bob", 300, 2));
      writer.finish();

      Deadline.until("the tombstone is gone", () -> hash("ann").isEmpty());
      assertThat(hash("bob")).isEqualTo(Map.of("_gen", "1", "_as_of", "300", "visits:v1", "2"));
      assertThat(redis.<Long>ask(c -> c.pttl("fs:user:bob"))).isEqualTo(-1);
    }
  }

  @Test
  void holdsWatermarksBackUntilEverythingBeforeIsWritten() throws Exception {
    try (WriterHarness<Update> writer = started()) {
      writer.watermark(1);
      assertThat(writer.watermarks()).containsExactly(1L);
      server.kill();
      writer.add(Visits.count("ann", 100, 1));
      writer.watermark(100);
      writer.add(Visits.count("ann", 101, 2));
      writer.watermark(101);
      writer.watermark(102);
      writer.until("it says that it holds back", () -> writer.metrics().isHeldBack());
      assertThat(writer.watermarks()).containsExactly(1L);

      server.restart();
      writer.until("the last watermark", () -> writer.watermarks().contains(102L));
      assertThat(writer.watermarks()).containsSubsequence(1L, 102L).isSorted();
      assertThat(hash("ann")).containsEntry("visits:v1", "2");
      assertThat(writer.metrics().isHeldBack()).isFalse();
    }
  }

  @Test
  void whatEventsChangeGoesBeforeWhatTimeChanges() throws Exception {
    WriteLimits eightAtOnce =
        new WriteLimits(
            Duration.ZERO, 8, 8, 1000, Long.MAX_VALUE, Duration.ofMillis(1), Duration.ofMillis(20));
    UpdateWriter operator =
        new UpdateWriter(
            Visits.SET,
            List.of(Visits.ENTITY),
            WriterOptions.of(settings, 1).withLimits(eightAtOnce));
    List<String> order = new CopyOnWriteArrayList<>();
    try (WriterHarness<Update> writer = WriterHarness.start(operator, job);
        RedisClient listener = RedisClient.create(server.uri())) {
      showKeysWritten(listener, order::add);
      set("maxmemory", "1");
      for (int i = 0; i < 100; i++) {
        writer.add(Visits.countByTime("passed-" + i, 100, 1));
      }
      for (int i = 0; i < 10; i++) {
        writer.add(Visits.count("came-" + i, 100, 1));
      }
      writer.add(Visits.count("passed-99", 101, 2));
      // Else what was sent before the last of them came might still be let in.
      writer.until("Redis has refused", () -> writer.metrics().isHeldBack());
      set("maxmemory", "0");
      writer.finish();

      Deadline.until("all writes are seen", () -> order.size() == 110);
      assertThat(order.subList(0, 24))
          .contains("fs:user:passed-99")
          .filteredOn(key -> key.startsWith("fs:user:came-"))
          .hasSize(10);
      assertThat(order.subList(0, 8))
          .as("what time changes has its share")
          .anyMatch(key -> key.startsWith("fs:user:passed-") && !key.endsWith("99"));
      assertThat(hash("passed-99")).containsEntry("visits:v1", "2");
    }
  }

  /** Replies to what is on its way are what something urgent waits for. */
  @Test
  void littleOfWhatTimeChangesIsOnItsWayAtOnce() throws Exception {
    WriteLimits deep =
        new WriteLimits(
            Duration.ZERO,
            8,
            1000,
            1000,
            Long.MAX_VALUE,
            Duration.ofMillis(1),
            Duration.ofMillis(20));
    UpdateWriter operator =
        new UpdateWriter(
            Visits.SET, List.of(Visits.ENTITY), WriterOptions.of(settings, 1).withLimits(deep));
    List<String> order = new CopyOnWriteArrayList<>();
    try (WriterHarness<Update> writer = WriterHarness.start(operator, job);
        RedisClient listener = RedisClient.create(server.uri())) {
      showKeysWritten(listener, order::add);
      client("PAUSE", "60000", "WRITE");
      for (int i = 0; i < 100; i++) {
        writer.add(Visits.countByTime("passed-" + i, 100, 1));
      }
      for (int i = 0; i < 10; i++) {
        writer.add(Visits.count("came-" + i, 100, 1));
      }
      client("UNPAUSE");
      writer.finish();

      Deadline.until("all writes are seen", () -> order.size() == 110);
      assertThat(order.subList(0, 16))
          .filteredOn(key -> key.startsWith("fs:user:came-"))
          .hasSize(10);
    }
  }

  private void client(String... arguments) {
    CommandArgs<String, String> all = new CommandArgs<>(StringCodec.UTF8);
    for (String argument : arguments) {
      all.add(argument);
    }
    redis.ask(c -> c.dispatch(CommandType.CLIENT, new StatusOutput<>(StringCodec.UTF8), all));
  }

  /** Shows the name of each hash that is written. */
  private void showKeysWritten(RedisClient listener, Consumer<String> to) {
    set("notify-keyspace-events", "Eh");
    StatefulRedisPubSubConnection<String, String> connection = listener.connectPubSub();
    connection.addListener(
        new RedisPubSubAdapter<>() {
          @Override
          public void message(String channel, String key) {
            to.accept(key);
          }
        });
    connection.sync().subscribe("__keyevent@0__:hset");
  }

  @Test
  void laterWritersComeAfterEarlierOnesWhateverTheClockSays() throws Exception {
    OperatorSubtaskState state;
    try (WriterHarness<Update> writer = started()) {
      writer.add(Visits.count("ann", 100, 1));
      writer.finish();
    }
    // The harness' clock stands still.
    try (WriterHarness<Update> writer = started()) {
      writer.add(Visits.count("ann", 100, 2));
      writer.finish();
      assertThat(hash("ann")).containsEntry("visits:v1", "2");
      state = writer.snapshot();
    }
    redis.ask(c -> c.del("fs:_epoch"));
    try (WriterHarness<Update> writer = WriterHarness.start(writer(1), job, state)) {
      writer.add(Visits.count("ann", 100, 3));
      writer.finish();
      assertThat(hash("ann")).containsEntry("visits:v1", "3");
    }
  }

  @Test
  void writersComeAfterThoseWhoseSequencesWereTheClock() throws Exception {
    String sequence = Long.toString((WriterHarness.CLOCK << 20) + 5);
    redis.ask(c -> c.hset("fs:user:ann", Map.of("_gen", "1", "_as_of", "100", "_seq", sequence)));
    try (WriterHarness<Update> writer = started()) {
      writer.add(Visits.count("ann", 100, 1));
      writer.finish();
      assertThat(hash("ann")).containsEntry("visits:v1", "1");
    }
  }

  @Test
  void notesWhichCheckpointIsWritten() throws Exception {
    WrittenCheckpoints written = new WrittenCheckpoints(redis, job.toString());
    try (WriterHarness<Update> writer = started()) {
      assertThat(written.reached("user", 1)).isFalse();
      server.kill();
      writer.add(Visits.count("ann", 100, 1));
      writer.snapshot();
      server.restart();
      writer.until("it is written", () -> !hash("ann").isEmpty());
      writer.until("the note", () -> written.reached("user", 1));
      assertThat(written.reached("user", 2)).isFalse();
      assertThat(new WrittenCheckpoints(redis, "another").reached("user", 1)).isFalse();
    }
  }

  @Test
  void checkpointsWhileRedisIsAwayAndWritesAfterARestart() throws Exception {
    OperatorSubtaskState state;
    try (WriterHarness<Update> writer = started()) {
      server.kill();
      for (int i = 0; i < 1000; i++) {
        writer.add(Visits.count("k" + i % 700, 100 + i, i));
      }
      writer.runMails();
      state = writer.snapshot();
    }
    server.restart();
    try (WriterHarness<Update> writer = WriterHarness.start(writer(1), job, state)) {
      writer.finish();
      assertThat(hash("k0")).containsEntry("visits:v1", "700");
      assertThat(hash("k699")).containsEntry("visits:v1", "699");
      assertThat(redis.<Long>ask(c -> c.dbsize())).isGreaterThan(700);
    }
  }

  @Test
  void holdsBackWhileMemoryIsOut() throws Exception {
    try (WriterHarness<Update> writer = started()) {
      set("maxmemory-policy", "noeviction");
      set("maxmemory", "1");
      writer.add(Visits.count("ann", 100, 1));
      writer.until("it says that it holds back", () -> writer.metrics().isHeldBack());
      assertThat(hash("ann")).isEmpty();
      set("maxmemory", "0");
      writer.until("it is written", () -> !hash("ann").isEmpty());
      assertThat(writer.metrics().retries.getCount()).isPositive();
    }
  }

  @Test
  void holdsBackWhileReadOnly() throws Exception {
    try (WriterHarness<Update> writer = started()) {
      redis.ask(
          c ->
              ((io.lettuce.core.api.async.RedisAsyncCommands<String, String>) c)
                  .replicaof("127.0.0.1", 1));
      writer.add(Visits.count("ann", 100, 1));
      writer.until("it says that it holds back", () -> writer.metrics().isHeldBack());
      redis.ask(
          c -> ((io.lettuce.core.api.async.RedisAsyncCommands<String, String>) c).replicaofNoOne());
      writer.until("it is written", () -> !hash("ann").isEmpty());
    }
  }

  @Test
  void failsOnForeignData() throws Exception {
    try (WriterHarness<Update> writer = started()) {
      redis.ask(c -> c.set("fs:user:ann", "mine"));
      writer.add(Visits.count("ann", 100, 1));
      assertThatThrownBy(writer::finish)
          .isInstanceOf(Refused.class)
          .hasMessageContaining("fs:user:ann")
          .hasMessageContaining("another program's data");
    }
  }

  @Test
  void failsWhenANewerGenerationTakesOver() throws Exception {
    try (WriterHarness<Update> writer = started()) {
      writer.add(Visits.count("ann", 100, 1));
      writer.finish();
      Fences.raise(redis, 2);
      writer.add(Visits.count("ann", 200, 2));
      assertThatThrownBy(writer::finish)
          .isInstanceOf(Refused.class)
          .hasMessageContaining("newer generation has taken over");
      assertThat(hash("ann")).containsEntry("visits:v1", "1");
    }
    assertThatThrownBy(() -> WriterHarness.start(writer(1), job))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("generation 2 has taken over");
  }

  @Test
  void keepsFewerItemsThanItsBuffer() throws Exception {
    WriterOptions options =
        WriterOptions.of(settings, 1).withLimits(WriteLimits.DEFAULT.withBuffered(10));
    try (WriterHarness<Update> writer =
        WriterHarness.start(new UpdateWriter(Visits.SET, List.of("user"), options), job)) {
      for (int i = 0; i < 2000; i++) {
        writer.add(Visits.count("k" + i, 100, i));
        assertThat(writer.metrics().buffered()).isLessThanOrEqualTo(10);
      }
      writer.finish();
      assertThat(hash("k1999")).containsEntry("visits:v1", "1999");
      assertThat(writer.metrics().writes.getCount()).isEqualTo(2000);
    }
  }
}
