package io.plumbline.jobs.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisFuture;
import io.lettuce.core.ScriptOutputType;
import io.plumbline.jobs.local.LocalRedis;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The order of writes, whatever order they arrive in and however often. */
class WriteScriptTest {
  private static final int KEYS = 5;
  private static final int WRITES = 60;
  private static final long[] TIMES = {
    Long.MIN_VALUE, -10, -9, -1, 0, 9, 10, 1_764_000_000_000L, Long.MAX_VALUE - 1, Long.MAX_VALUE
  };

  @TempDir private static Path folder;
  private static LocalRedis server;
  private static RedisConnection redis;

  @BeforeAll
  static void start() {
    server = LocalRedis.in(folder).start();
    redis = RedisConnection.open(RedisSettings.at(server.uri()));
  }

  @AfterAll
  static void stop() {
    redis.close();
    server.close();
  }

  private record Write(
      int key, long generation, long asOf, long sequence, Map<String, String> fields) {
    static final Comparator<Write> ORDER =
        Comparator.comparingLong(Write::generation)
            .thenComparingLong(Write::asOf)
            .thenComparingLong(Write::sequence);

    RedisFuture<Long> send(String prefix) {
      List<String> arguments =
          new ArrayList<>(
              List.of(
                  Long.toString(generation),
                  Long.toString(asOf),
                  Long.toString(sequence),
                  "60000"));
      fields.forEach(
          (name, value) -> {
            arguments.add(name);
            arguments.add(value);
          });
      return redis
          .async()
          .eval(
              Script.WRITE.text(),
              ScriptOutputType.INTEGER,
              new String[] {prefix + key, prefix + "fence"},
              arguments.toArray(String[]::new));
    }

    Map<String, String> hash() {
      Map<String, String> hash = new HashMap<>(fields);
      hash.put(RedisKeys.GENERATION, Long.toString(generation));
      hash.put(RedisKeys.AS_OF, Long.toString(asOf));
      hash.put(RedisKeys.SEQUENCE, Long.toString(sequence));
      return hash;
    }
  }

  private static Write random(Random random, long sequence) {
    Map<String, String> fields = new HashMap<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      fields.put("f" + random.nextInt(6), Integer.toString(random.nextInt()));
    }
    long asOf = TIMES[random.nextInt(TIMES.length)];
    return new Write(random.nextInt(KEYS), random.nextInt(3), asOf, sequence, fields);
  }

  @Test
  void theLastOneStandsWhateverTheOrderOfArrival() {
    for (long seed = 0; seed < 60; seed++) {
      Random random = new Random(seed);
      List<Write> writes = new ArrayList<>();
      for (int i = 0; i < WRITES; i++) {
        Write write = random(random, (1L << 60) + i);
        writes.add(write);
        if (random.nextInt(3) == 0) {
          writes.add(write);
        }
      }
      Collections.shuffle(writes, random);
      Map<Integer, Write> model = new HashMap<>();
      for (Write write : writes) {
        Write there = model.get(write.key);
        boolean stands = there == null || Write.ORDER.compare(there, write) <= 0;
        long reply = get(write.send("s" + seed + ":"));
        assertThat(reply).as("seed %d, %s over %s", seed, write, there).isEqualTo(stands ? 1 : 0);
        if (stands) {
          model.put(write.key, write);
        }
        check(seed, model.get(write.key));
      }
    }
  }

  private static void check(long seed, Write expected) {
    String key = "s" + seed + ":" + expected.key;
    assertThat(redis.<Map<String, String>>ask(c -> c.hgetall(key)))
        .as("seed %d", seed)
        .isEqualTo(expected.hash());
    long life = redis.<Long>ask(c -> c.pttl(key));
    assertThat(life > 0)
        .as("seed %d: %s is a tombstone", seed, expected)
        .isEqualTo(expected.fields.isEmpty());
  }

  @Test
  void aFenceKeepsOlderGenerationsOut() {
    redis.ask(c -> c.set("f:fence", "5"));
    assertThat(get(new Write(0, 4, 1, 1, Map.of("a", "1")).send("f:"))).isEqualTo(-1);
    assertThat(redis.<Long>ask(c -> c.exists("f:0"))).isZero();
    assertThat(get(new Write(0, 5, 1, 1, Map.of("a", "1")).send("f:"))).isEqualTo(1);
    assertThat(get(new Write(0, 10, 1, 1, Map.of("a", "1")).send("f:"))).isEqualTo(1);
  }

  @Test
  void whenMemoryIsOutKeysCanBeEmptiedButNotChanged() {
    get(new Write(0, 1, 1, 1, Map.of("a", "1")).send("m:"));
    redis.ask(c -> c.configSet("maxmemory", "1"));
    try {
      RedisFuture<Long> change = new Write(0, 1, 2, 2, Map.of("b", "1")).send("m:");
      org.assertj.core.api.Assertions.assertThatThrownBy(() -> get(change))
          .hasMessageContaining("out of memory");
      assertThat(redis.<Map<String, String>>ask(c -> c.hgetall("m:0"))).containsEntry("a", "1");
      assertThat(get(new Write(0, 1, 3, 3, Map.of()).send("m:"))).isEqualTo(1);
    } finally {
      redis.ask(c -> c.configSet("maxmemory", "0"));
    }
  }

  private static long get(RedisFuture<Long> reply) {
    return redis.ask(c -> reply);
  }
}
