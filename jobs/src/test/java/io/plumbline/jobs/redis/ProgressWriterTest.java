package io.plumbline.jobs.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plumbline.jobs.local.LocalRedis;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.api.common.JobID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class ProgressWriterTest {
  @TempDir private static Path folder;
  private LocalRedis server;
  private RedisSettings settings;
  private RedisConnection redis;
  private FeatureStore store;

  @BeforeEach
  void start() {
    server = LocalRedis.in(folder).start();
    settings =
        RedisSettings.at(server.uri()).withTimeouts(Duration.ofSeconds(5), Duration.ofSeconds(1));
    redis = RedisConnection.open(settings);
    store = new FeatureStore(redis, Visits.SET.plans().definitions());
  }

  @AfterEach
  void stop() {
    redis.close();
    server.close();
  }

  private WriterHarness<Void> started(long generation) throws Exception {
    RewriteSignal signal = new RewriteSignal(redis, "user", generation, "features");
    why(signal);
    gate(generation).open(signal.handled());
    return WriterHarness.start(
        new ProgressWriter(List.of("user", "item"), WriterOptions.of(settings, generation)),
        new JobID());
  }

  @Test
  void followsTheWatermarkAFewTimesASecond() throws Exception {
    try (WriterHarness<Void> writer = started(1)) {
      for (long time = 1; time <= 1000; time++) {
        writer.watermark(time);
        writer.runMails();
      }
      writer.watermark(Long.MAX_VALUE);
      writer.finish();
      assertThat(store.progress()).isEqualTo(Map.of("user", 1000L, "item", 1000L));
      assertThat(writer.metrics().writes.getCount()).isLessThan(100);
      assertThat(writer.watermarks()).endsWith(Long.MAX_VALUE);
    }
  }

  private ProgressGate gate(long generation) {
    return new ProgressGate(redis, List.of("user", "item"), generation);
  }

  @Test
  void standsStillWhileRedisMayLackSomething() throws Exception {
    try (WriterHarness<Void> writer = started(1)) {
      writer.watermark(100);
      writer.until("progress", () -> store.progress().equals(Map.of("user", 100L, "item", 100L)));
      gate(1).close();
      passes(writer, 200);
      assertThat(store.progress()).isEqualTo(Map.of("user", 100L, "item", 100L));

      server.restart();
      passes(writer, 300);
      assertThat(store.progress()).isEmpty();

      RewriteSignal signal = new RewriteSignal(redis, "user", 1, "features");
      Servers servers = signal.poll().orElseThrow().servers();
      gate(2).open(servers);
      passes(writer, 400);
      assertThat(store.progress()).isEmpty();
      gate(1).open(servers);
      passes(writer, 500);
      assertThat(store.progress()).isEqualTo(Map.of("user", 500L, "item", 500L));
    }
  }

  @Test
  void anOlderGenerationLeavesTheGateAsItIs() throws Exception {
    try (WriterHarness<Void> writer = started(2)) {
      passes(writer, 100);
      Map<String, String> before = redis.ask(c -> c.hgetall("fs:_progress"));
      ProgressGate older = gate(1);
      assertThatThrownBy(() -> older.open(new Servers(List.of("a"))))
          .isInstanceOf(Refused.class)
          .hasMessageContaining("newer generation has taken over");
      assertThatThrownBy(older::close).isInstanceOf(Refused.class);
      assertThatThrownBy(older::forget).isInstanceOf(Refused.class);
      assertThat(redis.<Map<String, String>>ask(c -> c.hgetall("fs:_progress"))).isEqualTo(before);
    }
  }

  private static void passes(WriterHarness<Void> writer, long time) throws Exception {
    writer.watermark(time);
    writer.until("its acknowledgement", () -> writer.metrics().buffered() == 0);
  }

  @Test
  void saysHowFarThisAttemptIs() throws Exception {
    JobID job = new JobID();
    try (WriterHarness<Void> before = started(1)) {
      passes(before, 900);
    }
    assertThat(gate(1).reached(job.toString(), 0)).isEmpty();
    ProgressWriter writer =
        new ProgressWriter(List.of("user", "item"), WriterOptions.of(settings, 1));
    try (WriterHarness<Void> harness = WriterHarness.start(writer, job)) {
      passes(harness, 800);
      assertThat(gate(1).reached(job.toString(), 0)).isEmpty();
      passes(harness, 1000);
      assertThat(gate(1).reached(job.toString(), 0)).hasValue(1000);
      assertThat(gate(1).reached(job.toString(), 1)).isEmpty();
      gate(1).forget();
      assertThat(gate(1).reached(job.toString(), 0)).isEmpty();
    }
  }

  @Test
  void goesBackOnlyWithANewGeneration() throws Exception {
    for (long generation = 1; generation <= 2; generation++) {
      for (long time : new long[] {500, 400}) {
        try (WriterHarness<Void> writer = started(generation)) {
          writer.watermark(time * generation);
          writer.finish();
        }
      }
      assertThat(store.progress()).containsEntry("user", 500 * generation);
    }
    try (WriterHarness<Void> writer = started(3)) {
      writer.watermark(1);
      writer.finish();
      assertThat(store.progress()).containsEntry("user", 1L);
    }
    ProgressWriter older = new ProgressWriter(List.of("user"), WriterOptions.of(settings, 2));
    try (WriterHarness<Void> writer = WriterHarness.start(older, new JobID())) {
      writer.watermark(9999);
      assertThatThrownBy(writer::finish).isInstanceOf(Refused.class);
    }
  }

  @Test
  void asksForARewriteOnceForEachReason() {
    RewriteSignal signal = new RewriteSignal(redis, "user", 1, "features");
    assertThat(why(signal)).contains("Redis has lost what it held");
    assertThat(why(signal)).isEmpty();

    RewriteSignal.request(redis);
    assertThat(why(new RewriteSignal(redis, "user", 1, "features"))).contains("somebody asked");
    assertThat(why(new RewriteSignal(redis, "user", 1, "features"))).isEmpty();

    redis.ask(c -> c.del("fs:_fence"));
    assertThat(why(signal)).contains("Redis has lost what it held");
    assertThat(why(signal)).isEmpty();
    assertThat(redis.<String>ask(c -> c.get("fs:_fence"))).isEqualTo("1");

    redis.ask(c -> c.hset("fs:_marker:user", "server", "another"));
    assertThat(why(signal).orElseThrow()).contains("may have lost data");
    assertThat(why(signal)).isEmpty();
  }

  @Test
  void noticesARestart() throws Exception {
    RewriteSignal signal = new RewriteSignal(redis, "user", 1, "features");
    why(signal);
    server.restart();
    assertThat(why(signal)).contains("Redis has lost what it held");
  }

  private static Optional<String> why(RewriteSignal signal) {
    Optional<RewriteSignal.Request> request = signal.poll();
    request.ifPresent(signal::handled);
    return request.map(RewriteSignal.Request::why);
  }

  @Test
  void readsPinsAndTheServingNamespace() {
    assertThat(FeatureStore.servingNamespace(redis)).isEqualTo("fs");
    redis.ask(c -> c.set("fs:_serving", "fs2"));
    redis.ask(c -> c.hset("fs:_active", "pages", "2"));
    assertThat(FeatureStore.servingNamespace(redis)).isEqualTo("fs2");
    assertThat(store.active()).isEqualTo(Map.of("pages", "2"));
    assertThat(store.read("user", "nobody")).isEmpty();
  }
}
