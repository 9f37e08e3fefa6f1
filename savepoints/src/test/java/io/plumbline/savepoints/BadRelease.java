package io.plumbline.savepoints;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.plumbline.jobs.app.Launch;
import io.plumbline.jobs.app.Places;
import io.plumbline.jobs.local.LocalRedis;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A release that went wrong, on a Redis and what stands for a cluster. */
abstract class BadRelease {
  private static final Path GOLDEN = Path.of("golden/v1/hashmap");
  static final String BAD = "bad0";
  static final String FAR = Long.toString(Long.MAX_VALUE / 2);

  @TempDir static Path servers;
  static LocalRedis redis;
  private static RedisClient client;
  private static StatefulRedisConnection<String, String> connection;

  @TempDir Path folder;
  StandInFlink flink;
  Path catalog;
  String recordedRedis;
  String brokers = "localhost:1";

  @BeforeAll
  static void startRedis() throws IOException {
    redis = LocalRedis.in(servers).start();
    client = RedisClient.create(redis.uri());
    connection = client.connect();
  }

  @AfterAll
  static void stopRedis() {
    connection.close();
    client.shutdown();
    redis.close();
  }

  /** The release "r" of the job "shop", whose bad successor writes generation 4. */
  @BeforeEach
  void releaseTheBadOne() throws IOException {
    commands().flushall();
    flink = new StandInFlink();
    catalog = folder.resolve("catalog");
    recordedRedis = redis.uri();
    copy(GOLDEN, folder.resolve("savepoint"));
    copy(GOLDEN, folder.resolve("left behind"));
    flink.savepoint = Places.url(folder.resolve("left behind"));
    flink.jobs.put(BAD, new StandInFlink.Job("shop", "RUNNING", null, null));
    record();
    write("user", "only-the-bad-one", 4);
    commands().set("fs:_fence", "4");
    flink.whenStarted = job -> reach(5, FAR);
  }

  @AfterEach
  void stopFlink() {
    flink.close();
  }

  void record() throws IOException {
    Path jar = folder.resolve("release.jar");
    Files.writeString(jar, "release");
    List<String> call =
        List.of(
            "stream",
            "--defs",
            "old",
            "--brokers",
            brokers,
            "--redis",
            recordedRedis,
            "--from",
            "before",
            "--drop",
            "gone:v1",
            "--accept-loss",
            "--drop-unknown-state");
    try (Savepoint savepoint = Savepoint.open(folder.resolve("savepoint"))) {
      new Catalog(catalog, complaint -> {})
          .add(
              CatalogRecord.of(
                  savepoint,
                  new CatalogRecord.Taken(
                      "r",
                      "2026-05-01T10:00:00Z",
                      "somebody",
                      "before",
                      new CatalogRecord.Job("old0", "shop", "0.1.0", 3L),
                      "2.3.0",
                      new CatalogRecord.Launch(jar.toString(), Launch.sha256(jar), call, 1))));
    }
    goesOnAt(-1);
  }

  /** Where in Kafka the release goes on; nowhere below 0. */
  void goesOnAt(long offset) throws IOException {
    Path file = catalog.resolve("r.json");
    ObjectNode record = (ObjectNode) Json.MAPPER.readTree(Files.readAllBytes(file));
    ArrayNode offsets = record.putArray("offsets");
    if (offset >= 0) {
      offsets.addObject().put("topic", "purchases").put("partition", 0).put("offset", offset);
    }
    Files.writeString(file, record.toString());
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
  }

  static RedisCommands<String, String> commands() {
    return connection.sync();
  }

  static void write(String entity, String key, long generation) {
    commands()
        .hset(
            "fs:" + entity + ":" + key,
            Map.of("_gen", Long.toString(generation), "_as_of", "1000", "purchases:v1", "1"));
  }

  /** All entities are written by a generation, up to a time. */
  static void reach(long generation, String time) {
    for (String entity : List.of("user", "shop")) {
      commands()
          .hset("fs:_progress", Map.of(entity, time, "_gen:" + entity, Long.toString(generation)));
    }
  }

  Verb rollback(Object... more) {
    return rollbackTo("r", more);
  }

  Verb rollbackTo(String to, Object... more) {
    List<Object> call =
        new ArrayList<>(
            List.of(
                "rollback", "--to", to, "--catalog", catalog, "--flink", flink.rest(), "--redis"));
    call.addAll(List.of(redis.uri(), "--accept-loss"));
    call.addAll(Arrays.asList(more));
    return Verb.call(call.toArray());
  }

  Path journal() {
    return catalog.resolve("_rollback.json");
  }

  void assertNothingChanged(Verb verb, String why) {
    assertThat(verb.exit()).as(verb.err()).isEqualTo(1);
    assertThat(verb.err()).contains("nothing was changed", why).doesNotContain("\tat ");
    assertThat(flink.jobs.get(BAD).state()).isEqualTo("RUNNING");
    assertThat(commands().get("fs:_fence")).isEqualTo("4");
    assertThat(journal()).doesNotExist();
  }

  void begin(String step, String canceled) throws IOException {
    ObjectNode journal = Json.object().put("to", "r").put("job", BAD).put("began", "then");
    if (!canceled.isEmpty()) {
      journal.put("canceled", canceled);
    }
    journal.putObject("steps").put("BEGUN", 1).put(step, 2);
    Files.writeString(journal(), journal.toString());
  }
}
