package io.plumbline.savepoints;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.plumbline.jobs.stream.StreamPlan;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.apache.flink.core.execution.SavepointFormatType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Savepoints of every state version, each of which this version reads and goes on from. */
class GoldenIT {
  private static final Path GOLDEN = Path.of("golden");

  @TempDir Path folder;

  static List<Path> savepoints() throws IOException {
    return GoldenSavepoints.all(GOLDEN);
  }

  @Test
  void thereAreSomeOfBothBackends() throws Exception {
    assertThat(savepoints()).contains(GOLDEN.resolve("v1/hashmap"), GOLDEN.resolve("v1/rocksdb"));
  }

  @ParameterizedTest
  @MethodSource("savepoints")
  void holdsWhatItHeldWhenItWasMade(Path savepoint) throws Exception {
    JsonNode held =
        Json.MAPPER.readTree(GoldenSavepoints.contents(savepoint, Long.MIN_VALUE).toString());
    assertThat(held).isEqualTo(expected(savepoint));
  }

  /** The log that it was taken of is gone: another of the same length stands for it. */
  @ParameterizedTest
  @MethodSource("savepoints")
  void goesOn(Path savepoint) throws Exception {
    JsonNode expected = expected(savepoint);
    String made = expected.get("knowledge_time").asText();
    long later = Instant.parse(made).toEpochMilli() + 2 * Scene.HOUR;
    LiveJobs jobs = LiveJobs.start(folder);
    try {
      Path definitions = GoldenShop.definitions(folder.resolve("defs"));
      Shop shop = new Shop(jobs.kafka());
      shop.fill(
          expected.get("offsets").get(Shop.TOPIC + " 0").asLong(),
          expected.get("offsets").get(Shop.TOPIC + " 1").asLong());
      long now = System.currentTimeMillis();
      shop.buy("u1", now);
      shop.buy("u1", now);
      for (String backend : List.of("hashmap", "rocksdb")) {
        String from = savepoint.toAbsolutePath().toUri().toString();
        StreamPlan plan =
            jobs.start(backend, definitions, new LiveJobs.Start(backend, 2, from, Set.of()));
        jobs.awaitWritten(backend, plan, now);
        Path next = Path.of(URI.create(jobs.stop(backend, folder, SavepointFormatType.CANONICAL)));
        compare(expected.get("user"), GoldenSavepoints.contents(next, later).get("user"));
      }
    } finally {
      jobs.stop();
    }
  }

  /** What does not pass with time is as it was, but for two more purchases of one user. */
  private static void compare(JsonNode was, JsonNode is) {
    was.fields()
        .forEachRemaining(
            user -> {
              JsonNode now = is.get(user.getKey());
              boolean bought = user.getKey().equals("u1");
              // One more waited to be known when the savepoint was made.
              assertThat(now.get("purchases:v1").asLong())
                  .isEqualTo(user.getValue().get("purchases:v1").asLong() + (bought ? 3 : 0));
              for (String feature : List.of("first_shop:v1", "spread:v1", "median:v1")) {
                if (!bought) {
                  assertThat(now.get(feature)).isEqualTo(user.getValue().get(feature));
                }
              }
            });
  }

  private static JsonNode expected(Path savepoint) throws IOException {
    return Json.MAPPER.readTree(
        Files.readString(
            savepoint.resolveSibling(savepoint.getFileName() + "-" + GoldenSavepoints.EXPECTED)));
  }
}
