package io.plumbline.jobs.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.cluster.SlotHash;
import io.plumbline.jobs.feature.Update;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.flink.api.common.JobID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class RedisClusterTest {
  private static final List<String> KEYS = IntStream.range(0, 500).mapToObj(i -> "k" + i).toList();

  @TempDir private static Path folder;
  private static TestCluster cluster;

  private RedisSettings settings;
  private RedisConnection redis;

  @BeforeAll
  static void start() throws Exception {
    cluster = new TestCluster(folder);
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @BeforeEach
  void connect() {
    settings =
        RedisSettings.at(cluster.uris()).withTimeouts(Duration.ofSeconds(5), Duration.ofSeconds(2));
    redis = RedisConnection.open(settings);
  }

  @AfterEach
  void disconnect() {
    redis.close();
  }

  private WriterHarness<Update> started(long generation) throws Exception {
    UpdateWriter writer =
        new UpdateWriter(Visits.SET, List.of("user"), WriterOptions.of(settings, generation));
    return WriterHarness.start(writer, new JobID());
  }

  @Test
  void everySlotHasAFence() {
    RedisKeys keys = new RedisKeys("fs");
    Set<Integer> slots = new HashSet<>();
    for (int slot = 0; slot < SlotHash.SLOT_COUNT; slot++) {
      assertThat(SlotHash.getSlot(keys.fence(slot))).isEqualTo(slot);
      slots.add(slot);
    }
    assertThat(slots).hasSize(SlotHash.SLOT_COUNT);
  }

  @Test
  void writesToAllMastersAndIsFencedOnEach() throws Exception {
    FeatureStore store = new FeatureStore(redis, Visits.SET.plans().definitions());
    assertThat(redis.isCluster()).isTrue();
    try (WriterHarness<Update> writer = started(1)) {
      for (String key : KEYS) {
        writer.add(Visits.count(key, 100, 7));
      }
      writer.finish();
      assertThat(store.readAll("user", KEYS))
          .allSatisfy(stored -> assertThat(stored.get().values()).containsEntry("visits:v1", 7L));
      Set<String> scanned = new HashSet<>();
      store.forEachKey("user", scanned::add);
      assertThat(scanned).containsExactlyInAnyOrderElementsOf(KEYS);

      Fences.raise(redis, 2);
      writer.add(Visits.count("k3", 200, 8));
      assertThatThrownBy(writer::finish).isInstanceOf(Refused.class);
    }
    try (WriterHarness<Update> writer = started(2)) {
      writer.add(Visits.count("k3", 50, 9));
      writer.finish();
    }
    assertThat(store.read("user", "k3").orElseThrow().values()).containsEntry("visits:v1", 9L);
  }

  @Test
  void looksAtTheFenceOfEverySlot() {
    RedisConnection other = RedisConnection.open(settings.withNamespace("slots"));
    try (other) {
      other.ask(c -> c.set(other.keys().fence(9_999), "7"));
      Fences.check(other, 7);
      assertThatThrownBy(() -> Fences.check(other, 6))
          .isInstanceOf(Refused.class)
          .hasMessageContaining("generation 7 has taken over");
    }
  }

  @Test
  void waitsForALostMaster() throws Exception {
    try (WriterHarness<Update> writer = started(3)) {
      cluster.nodes.get(1).kill();
      for (String key : KEYS) {
        writer.add(Visits.count(key, 300, 1));
      }
      writer.until("it says that it holds back", () -> writer.metrics().isHeldBack());
      cluster.nodes.get(1).restart();
      writer.until("everything is written", () -> writer.metrics().buffered() == 0);
      FeatureStore store = new FeatureStore(redis, Visits.SET.plans().definitions());
      assertThat(store.readAll("user", KEYS))
          .allSatisfy(stored -> assertThat(stored.orElseThrow().asOf()).isEqualTo(300));
    }
  }
}
