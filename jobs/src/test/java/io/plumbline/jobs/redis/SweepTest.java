package io.plumbline.jobs.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.plumbline.jobs.local.LocalRedis;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class SweepTest {
  @TempDir private static Path folder;
  private LocalRedis server;
  private RedisConnection redis;

  @BeforeEach
  void start() {
    server = LocalRedis.in(folder).start();
    redis = RedisConnection.open(RedisSettings.at(server.uri()));
  }

  @AfterEach
  void stop() {
    redis.close();
    server.close();
  }

  private void hash(String key, long generation, long asOf) {
    redis.ask(c -> c.hset(key, Map.of("_gen", "" + generation, "_as_of", "" + asOf, "_seq", "1")));
  }

  @Test
  void removesWhatIsOlderThanTheRewriteAndNothingElse() {
    hash("fs:user:old", 2, 99);
    hash("fs:user:before-1970", 1, -5);
    hash("fs:user:of-the-time", 2, 100);
    hash("fs:user:newer", 1, 101);
    hash("fs:user:of-a-newer-generation", 3, 50);
    hash("fs:user2:old", 2, 1);
    redis.ask(c -> c.hset("fs:user:not-ours", "a", "b"));
    Sweep sweep = new Sweep(redis, List.of("user", "item"), 2, 100);
    while (!sweep.advance(Duration.ofMillis(1))) {
      assertThat(sweep.removed()).isLessThanOrEqualTo(2);
    }
    assertThat(sweep.removed()).isEqualTo(2);
    assertThat(redis.<List<String>>ask(c -> c.keys("fs:*")))
        .containsExactlyInAnyOrder(
            "fs:user:of-the-time",
            "fs:user:newer",
            "fs:user:of-a-newer-generation",
            "fs:user:not-ours",
            "fs:user2:old");
  }

  @Test
  void goesThroughManyKeysInSlices() {
    for (int i = 0; i < 5_000; i++) {
      hash("fs:user:" + i, 1, i);
    }
    Sweep sweep = new Sweep(redis, List.of("user"), 1, 4_000);
    int slices = 1;
    while (!sweep.advance(Duration.ofNanos(1))) {
      slices++;
    }
    assertThat(slices).isGreaterThan(3);
    assertThat(sweep.removed()).isEqualTo(4_000);
    assertThat(redis.<List<String>>ask(c -> c.keys("fs:user:*"))).hasSize(1_000);
  }

  @Test
  void removesWhatAnOlderGenerationWroteOfWhateverTime() {
    hash("fs:user:of-later-values", 2, Long.MAX_VALUE);
    hash("fs:user:of-before-1970", -1, -5);
    hash("fs:user:ours", 3, 1);
    hash("fs:user:of-a-newer-generation", 10, 50);
    hash("fs:item:old", 2, 1);
    Sweep sweep = Sweep.ofOlderGenerations(redis, List.of("user"), 3);
    assertThat(sweep.advance(Duration.ofSeconds(1))).isTrue();
    assertThat(sweep.removed()).isEqualTo(2);
    assertThat(redis.<List<String>>ask(c -> c.keys("fs:*")))
        .containsExactlyInAnyOrder("fs:user:ours", "fs:user:of-a-newer-generation", "fs:item:old");
  }

  @Test
  void aFencedJobRemovesNothing() {
    hash("fs:user:old", 1, 1);
    Fences.raise(redis, 2);
    Sweep sweep = new Sweep(redis, List.of("user"), 1, 100);
    assertThat(sweep.advance(Duration.ofSeconds(1))).isTrue();
    assertThat(sweep.removed()).isZero();
  }
}
