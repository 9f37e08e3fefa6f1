package io.plumbline.jobs.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plumbline.UserError;
import io.plumbline.jobs.admission.Reason;
import io.plumbline.jobs.admission.Rejected;
import io.plumbline.jobs.local.LocalRedis;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.apache.flink.api.common.JobID;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class RejectedStreamTest {
  @TempDir private static Path folder;
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

  /** Payloads that begin with a zero byte are Avro; those with a 1 cannot be read. */
  private static String json(String source, byte[] payload) {
    return switch (payload[0]) {
      case 0 -> "{\"avro\":true}";
      case 1 -> null;
      default -> new String(payload, StandardCharsets.UTF_8);
    };
  }

  private WriterHarness<Rejected> started(OperatorSubtaskState state, long capacity)
      throws Exception {
    return started(state, capacity, WriteLimits.DEFAULT);
  }

  private WriterHarness<Rejected> started(
      OperatorSubtaskState state, long capacity, WriteLimits limits) throws Exception {
    return WriterHarness.start(
        new RejectedWriter(settings, limits, RejectedStreamTest::json, capacity),
        new JobID(),
        state);
  }

  private static Rejected rejected(Reason reason, int partition, long offset, byte[] payload) {
    return new Rejected(
        "pay",
        reason,
        1000 * offset,
        1000 * offset + 7,
        "too old",
        "pays",
        partition,
        offset,
        payload);
  }

  private List<Long> offsets(RejectedStream.Filter filter) {
    return new RejectedStream(redis)
        .list("pay", filter).stream().map(e -> e.record().offset()).toList();
  }

  @Test
  void keepsTheVeryBytes() throws Exception {
    byte[][] payloads = {{0, 5}, {1, -1}, "{\"a\":1}".getBytes(StandardCharsets.UTF_8)};
    try (WriterHarness<Rejected> writer = started(null, 100)) {
      for (int i = 0; i < payloads.length; i++) {
        writer.add(rejected(Reason.LATE, 0, i, payloads[i]));
        writer.finish();
      }
      writer.add(new Rejected("pay", Reason.MALFORMED, null, null, "", "pays", 1, 0, null));
      writer.finish();
    }
    List<RejectedStream.Entry> entries =
        new RejectedStream(redis).list("pay", RejectedStream.Filter.newest(10));
    assertThat(entries)
        .extracting(RejectedStream.Entry::json)
        .containsExactly(null, "{\"a\":1}", null, "{\"avro\":true}");
    for (int i = 0; i < payloads.length; i++) {
      assertThat(entries.get(3 - i).record())
          .usingRecursiveComparison()
          .isEqualTo(rejected(Reason.LATE, 0, i, payloads[i]));
    }
    assertThat(entries.get(0).record())
        .isEqualTo(new Rejected("pay", Reason.MALFORMED, null, null, "", "pays", 1, 0, null));
    Map<String, String> json =
        redis
            .ask(c -> c.xrange("fs:rejected:pay", io.lettuce.core.Range.unbounded()))
            .get(2)
            .getBody();
    assertThat(json)
        .isEqualTo(
            Map.of(
                "reason", "late",
                "event_time", "2000",
                "ingested_at", "2007",
                "lateness_ms", "7",
                "topic", "pays",
                "partition", "0",
                "offset", "2",
                "detail", "too old",
                "payload", "{\"a\":1}"));
  }

  @Test
  void filters() throws Exception {
    Reason[] reasons = Reason.values();
    try (WriterHarness<Rejected> writer = started(null, 10_000)) {
      for (int i = 0; i < 1200; i++) {
        writer.add(rejected(reasons[i % 4], i % 3, i, new byte[] {1}));
      }
      writer.finish();
    }
    RejectedStream.Filter all = RejectedStream.Filter.newest(Integer.MAX_VALUE);
    assertThat(offsets(all)).hasSize(1200);
    assertThat(offsets(RejectedStream.Filter.newest(2))).hasSize(2);
    assertThat(
            offsets(
                new RejectedStream.Filter(
                    Set.of(Reason.LATE), 3_007, 100_007, OptionalInt.of(0), 6, 60, 1000)))
        .containsExactlyInAnyOrder(6L, 18L, 30L, 42L, 54L);
  }

  @Test
  void survivesARestartAndShowsCopiesOnce() throws Exception {
    OperatorSubtaskState state;
    try (WriterHarness<Rejected> writer = started(null, 1000)) {
      writer.add(rejected(Reason.FUTURE, 0, 1, new byte[] {0, 1}));
      server.kill();
      writer.add(rejected(Reason.FUTURE, 0, 2, new byte[] {1, 2}));
      state = writer.snapshot();
    }
    server.restart();
    for (int attempt = 0; attempt < 2; attempt++) {
      try (WriterHarness<Rejected> writer = started(state, 1000)) {
        writer.finish();
      }
    }
    assertThat(offsets(RejectedStream.Filter.newest(10))).contains(2L).doesNotHaveDuplicates();
  }

  @Test
  void namesAnEntryOfAnotherProgram() throws Exception {
    try (WriterHarness<Rejected> writer = started(null, 100)) {
      writer.add(rejected(Reason.LATE, 0, 1, new byte[] {1}));
      writer.finish();
    }
    for (Map<String, String> foreign :
        List.of(
            Map.of("a", "b"),
            Map.of("reason", "bad", "topic", "pays", "partition", "0", "offset", "1"),
            Map.of("reason", "late", "topic", "pays", "partition", "0", "offset", "x"))) {
      String id = redis.ask(c -> c.xadd("fs:rejected:pay", foreign));
      assertThatThrownBy(() -> offsets(RejectedStream.Filter.newest(10)))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("remove it: XDEL fs:rejected:pay " + id);
      redis.ask(c -> c.xdel("fs:rejected:pay", id));
    }
    assertThat(offsets(RejectedStream.Filter.newest(10))).containsExactly(1L);
  }

  @Test
  void keepsFewerBytesThanItsBuffer() throws Exception {
    WriteLimits limits = WriteLimits.DEFAULT.withBytes(10_000);
    try (WriterHarness<Rejected> writer = started(null, 10_000, limits)) {
      for (int i = 0; i < 500; i++) {
        writer.add(rejected(Reason.LATE, 0, i, new byte[1_000]));
        assertThat(writer.metrics().buffered()).isLessThanOrEqualTo(10);
      }
      writer.add(rejected(Reason.LATE, 0, 500, new byte[20_000]));
      writer.finish();
    }
    assertThat(redis.<Long>ask(c -> c.xlen("fs:rejected:pay"))).isEqualTo(501);
  }

  @Test
  void isCapped() throws Exception {
    try (WriterHarness<Rejected> writer = started(null, 100)) {
      for (int i = 0; i < 2000; i++) {
        writer.add(rejected(Reason.LATE, 0, i, new byte[] {1}));
      }
      writer.finish();
    }
    assertThat(redis.<Long>ask(c -> c.xlen("fs:rejected:pay"))).isBetween(100L, 400L);
  }
}
