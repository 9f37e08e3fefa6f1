package io.plumbline.jobs.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.plumbline.jobs.redis.FeatureStore.Stored;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What copies of an event do to features in Redis, and what the end of a drained job does not. */
class LiveCopiesIT {
  @RegisterExtension
  static final MiniClusterExtension CLUSTER =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberTaskManagers(1)
              .setNumberSlotsPerTaskManager(2)
              .build());

  private static Servers servers;

  @TempDir static Path folder;

  @BeforeAll
  static void startServers() throws IOException {
    servers = Servers.start(folder.resolve("servers"));
  }

  @AfterAll
  static void stopServers() {
    servers.close();
  }

  @Test
  void anEarlierCopyTakesThePlaceOfTheOnlyEventOfAKey() throws Exception {
    try (LiveRun run = run("copies", Clicks.EVER)) {
      run.start(LiveRun.Mode.of(1, "hashmap"));
      // Beyond the clock, so that knowledge time does not pass one before the other is there.
      long later = System.currentTimeMillis() + 10_000;
      click("copies", "a", later - 1_000, later);
      click("copies", "a", later - 1_000, later - 100);
      click("copies", "b", later, later + 1_000);
      Await.until(
          "all of them, of which one is a copy",
          () -> run.rejected().equals(Map.of("click", Map.of("duplicate", 1L))));
      run.awaitWritten(later);
      Stored stored = run.store().read("user", "a").orElseThrow();
      assertThat(stored.values()).containsExactly(Map.entry("clicks_ever:v1", 1L));
      assertThat(stored.asOf()).isEqualTo(later);
    }
  }

  @Test
  void aDrainedJobGoesOnWhereItWas() throws Exception {
    String passing = Clicks.feature("clicks_8s", "user", "{sliding: 8s, every: 1s}");
    try (LiveRun run = run("drained", Clicks.EVER + passing)) {
      run.start(LiveRun.Mode.of(2, "rocksdb"));
      long now = System.currentTimeMillis();
      click("drained", "a", now, now);
      Await.until("the first", () -> run.store().read("user", "a").isPresent());
      run.awaitWritten(now);
      String savepoint = run.stop(folder, LiveRun.Ending.DRAIN);
      assertThat(run.progress()).isBetween(now, System.currentTimeMillis());

      run.start(LiveRun.Mode.of(1, "rocksdb").from(savepoint));
      Await.until(
          "the window to pass, with nothing that comes",
          () -> values(run, "a").equals(Map.of("clicks_ever:v1", 1L)),
          () -> values(run, "a"));
      long again = System.currentTimeMillis();
      click("drained", "a", now, again);
      Await.until(
          "the copy to be known as one",
          () -> run.rejected().equals(Map.of("click", Map.of("duplicate", 1L))));
      run.awaitWritten(again);
      assertThat(values(run, "a")).isEqualTo(Map.of("clicks_ever:v1", 1L));
    }
  }

  private static LiveRun run(String name, String features) throws IOException {
    Clicks.createTopic(servers, name);
    Path definitions = Clicks.write(folder.resolve(name), name, features);
    return new LiveRun(servers, name, LiveRun.Options.of(definitions));
  }

  /** A user's click, which has the user's name. */
  private static void click(String topic, String user, long at, long ingestedAt) throws Exception {
    byte[] text = Clicks.click(user, user, at).getBytes(StandardCharsets.UTF_8);
    servers.send(topic, 0, ingestedAt, text);
    servers.flush();
  }

  private static Map<String, Object> values(LiveRun run, String user) {
    Optional<Stored> stored = run.store().read("user", user);
    return stored.map(Stored::values).orElse(Map.of());
  }
}
