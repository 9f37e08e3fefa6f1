package io.plumbline.savepoints;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.plumbline.jobs.app.Launch;
import io.plumbline.jobs.local.LocalRedis;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What can go wrong with a rollback, against a Redis and what stands for a cluster. */
class RollbackVerbIT {
  private static final Path GOLDEN = Path.of("golden/v1/hashmap");
  private static final String BAD = "bad0";
  private static final String FAR = Long.toString(Long.MAX_VALUE / 2);

  @TempDir static Path servers;
  private static LocalRedis redis;
  private static RedisClient client;
  private static StatefulRedisConnection<String, String> connection;

  @TempDir private Path folder;
  private StandInFlink flink;
  private Path catalog;
  private String recordedRedis;

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
    copy(GOLDEN, folder.resolve("left"));
    flink.savepoint = folder.resolve("left").toUri().toString();
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

  private void record() throws IOException {
    Path jar = folder.resolve("release.jar");
    Files.writeString(jar, "release");
    List<String> call =
        List.of(
            "stream",
            "--defs",
            "old",
            "--brokers",
            "localhost:1",
            "--redis",
            recordedRedis,
            "--from",
            "before",
            "--drop",
            "gone:v1",
            "--accept-loss");
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
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
  }

  private static RedisCommands<String, String> commands() {
    return connection.sync();
  }

  private static void write(String entity, String key, long generation) {
    commands()
        .hset(
            "fs:" + entity + ":" + key,
            Map.of("_gen", Long.toString(generation), "_as_of", "1000", "purchases:v1", "1"));
  }

  /** All entities are written by a generation, up to a time. */
  private static void reach(long generation, String time) {
    for (String entity : List.of("user", "shop")) {
      commands()
          .hset("fs:_progress", Map.of(entity, time, "_gen:" + entity, Long.toString(generation)));
    }
  }

  private Verb rollback(Object... more) {
    List<Object> call =
        new ArrayList<>(
            List.of(
                "rollback", "--to", "r", "--catalog", catalog, "--flink", flink.rest(), "--redis"));
    call.addAll(List.of(redis.uri(), "--accept-loss"));
    call.addAll(Arrays.asList(more));
    return Verb.call(call.toArray());
  }

  private Path journal() {
    return catalog.resolve("_rollback.json");
  }

  private void assertNothingChanged(Verb verb, String why) {
    assertThat(verb.exit()).as(verb.err()).isEqualTo(1);
    assertThat(verb.err()).contains("nothing was changed", why).doesNotContain("\tat ");
    assertThat(flink.jobs.get(BAD).state()).isEqualTo("RUNNING");
    assertThat(commands().get("fs:_fence")).isEqualTo("4");
    assertThat(journal()).doesNotExist();
  }

  @Test
  void whatTheRecordedStartGaveUpIsNotGivenUpAgain() {
    Verb verb = rollback();
    assertThat(verb.exit()).as(verb.err()).isZero();
    assertThat(verb.out()).contains("generation 5", "kept of the old job");
    assertThat(flink.starts).hasSize(1);
    List<String> arguments = new ArrayList<>();
    flink.starts.get(0).get("programArgsList").forEach(a -> arguments.add(a.asText()));
    assertThat(arguments)
        .doesNotContain("--drop", "gone:v1", "--from")
        .containsOnlyOnce("--accept-loss");
    assertThat(commands().exists("fs:user:only-the-bad-one")).isZero();
  }

  /** The bad job never got anywhere, and its generation's progress is of long ago. */
  @Test
  void nothingIsRemovedBeforeTheReleaseIsAsFarAsTheFence() {
    reach(3, "1000");
    flink.whenStarted = job -> reach(5, Long.toString(System.currentTimeMillis() - 60_000));
    Verb early = rollback("--timeout", "1s");
    assertThat(early.exit()).isEqualTo(1);
    assertThat(early.err()).contains("it is as far as the job before");
    assertThat(commands().exists("fs:user:only-the-bad-one")).isEqualTo(1);
    commands().hset("fs:_progress", "user", FAR);
    assertThat(rollback("--timeout", "1s").exit()).isEqualTo(1);
    commands().hset("fs:_progress", "shop", FAR);
    Verb late = rollback();
    assertThat(late.exit()).as(late.err()).isZero();
    assertThat(commands().exists("fs:user:only-the-bad-one")).isZero();
    assertThat(flink.starts).hasSize(1);
  }

  @Test
  void damagedStateIsFoundWhileTheOldJobRuns() throws IOException {
    Path largest;
    try (Stream<Path> files = Files.list(folder.resolve("savepoint"))) {
      largest = files.max(Comparator.comparing(file -> file.toFile().length())).orElseThrow();
    }
    byte[] bytes = Files.readAllBytes(largest);
    Arrays.fill(bytes, bytes.length / 4, bytes.length, (byte) 0);
    Files.write(largest, bytes);
    assertNothingChanged(rollback(), "its savepoint is damaged");
  }

  @Test
  void definitionsThatDoNotGoOnFromTheSavepointAreFoundWhileTheOldJobRuns() throws IOException {
    Path file = catalog.resolve("r.json");
    String record = Files.readString(file);
    String changed = record.replace("{sliding: 2h, every: 30m}", "{sliding: 3h, every: 30m}");
    assertThat(changed).isNotEqualTo(record);
    Files.writeString(file, changed);
    assertNothingChanged(rollback(), "top_shops:v1 means something else");
  }

  @Test
  void anotherRedisIsRefusedAndAnotherNameOfItIsNot() throws IOException {
    String local = redis.uri().replaceFirst("//[^:]+:", "//localhost:");
    recordedRedis = "redis://localhost:" + LocalRedis.freePort();
    record();
    assertNothingChanged(rollback(), "Write --redis " + recordedRedis);
    recordedRedis = redis.uri() + "/1";
    record();
    assertNothingChanged(rollback(), "is another one");
    recordedRedis = local.equals(redis.uri()) ? local.replace("localhost", "127.0.0.1") : local;
    record();
    Verb verb = rollback();
    assertThat(verb.exit()).as(verb.err()).isZero();
  }

  @Test
  void aJobThatFlinkForgotIsStartedOnceMore() throws IOException {
    flink.whenStarted = flink.jobs::remove;
    Verb forgotten = rollback();
    assertThat(forgotten.exit()).isEqualTo(1);
    assertThat(forgotten.err()).contains("has ended: Flink does not know it any more");
    assertThat(Files.readString(journal())).contains("FENCED").doesNotContain("SUBMITTED");
    flink.whenStarted = job -> reach(5, FAR);
    Verb again = rollback();
    assertThat(again.exit()).as(again.err()).isZero();
    assertThat(flink.starts).hasSize(2);
  }

  @Test
  void aJobThatRestartsAllTheTimeSaysWhy() {
    String trace = "a.b.JobException: x\n\tat a.b\nCaused by: java.io.IOException: No space left";
    flink.whenStarted =
        job -> flink.jobs.put(job, new StandInFlink.Job("shop", "RESTARTING", null, trace));
    Verb verb = rollback("--timeout", "1s");
    assertThat(verb.exit()).isEqualTo(1);
    assertThat(verb.err()).contains("its tasks run, and it failed meanwhile: No space left");
  }

  @Test
  void aStopThatWasAskedForIsNotAskedForAnew() {
    String left = flink.savepoint;
    flink.savepoint = null;
    Verb slow = rollback("--timeout", "1s");
    assertThat(slow.exit()).isEqualTo(1);
    assertThat(slow.err()).contains("not complete after");
    flink.savepoint = left;
    Verb again = rollback();
    assertThat(again.exit()).as(again.err()).isZero();
    assertThat(flink.triggers).hasSize(2);
    assertThat(flink.triggers.get(0)).isEqualTo(flink.triggers.get(1));
  }

  @Test
  void whatFailsAfterTheStopSaysThatItGoesOn() throws IOException {
    begin("STOPPED", "");
    Files.delete(folder.resolve("release.jar"));
    Verb verb = rollback();
    assertThat(verb.exit()).isEqualTo(1);
    assertThat(verb.err())
        .contains("cannot go on", "is missing")
        .doesNotContain("nothing was changed");
  }

  private void begin(String step, String canceled) throws IOException {
    ObjectNode journal = Json.object().put("to", "r").put("job", BAD).put("began", "then");
    if (!canceled.isEmpty()) {
      journal.put("canceled", canceled);
    }
    journal.putObject("steps").put("BEGUN", 1).put(step, 2);
    Files.writeString(journal(), journal.toString());
  }

  /** A cluster that was started for one job ends with it. */
  @Test
  void aClusterThatIsGoneIsNotAskedWhereItsJobIs() throws IOException {
    begin("BEGUN", BAD);
    flink.close();
    reach(5, FAR);
    Verb verb = rollback("--by-hand");
    assertThat(verb.exit()).as(verb.err()).isZero();
    assertThat(verb.out()).contains("going on", "start this now", "generation 5");
    begin("BEGUN", BAD);
    reach(6, FAR);
    Verb another = rollback("--by-hand", "--abandon");
    assertThat(another.exit()).as(another.err()).isZero();
    assertThat(another.err()).contains("nothing is left there that could be stopped");
  }

  @Test
  void theJobThatHasTheEntitiesIsStoppedWhateverItsName() {
    flink.jobs.put(BAD, new StandInFlink.Job("plumbline-new", "RUNNING", null, null));
    flink.jobs.put("more", new StandInFlink.Job("other", "RUNNING", null, null));
    commands().set("fs:_owner:user", "4 " + BAD + " plumbline-new");
    assertNothingChanged(
        rollback("--job", "more"),
        "job more ('other') does not write the namespace fs of this Redis; job bad0"
            + " ('plumbline-new') does");
    Verb verb = rollback();
    assertThat(verb.exit()).as(verb.err()).isZero();
    assertThat(flink.jobs.get(BAD).state()).isEqualTo("FINISHED");
    assertThat(flink.jobs.get("more").state()).isEqualTo("RUNNING");
  }

  @Test
  void aJobThatOnlySaysWhereItWritesCanBeNamed() {
    List<String> elsewhere = List.of("stream", "--redis", redis.uri(), "--namespace", "fs2");
    flink.jobs.put("twin", new StandInFlink.Job("shop", "RUNNING", elsewhere, null));
    List<String> here = List.of("stream", "--redis", redis.uri());
    flink.jobs.put(BAD, new StandInFlink.Job("plumbline-new", "RUNNING", here, null));
    assertNothingChanged(rollback("--job", "twin"), "does not write the namespace fs");
    Verb verb = rollback("--job", BAD);
    assertThat(verb.exit()).as(verb.err()).isZero();
    assertThat(flink.jobs.get(BAD).state()).isEqualTo("FINISHED");
    assertThat(flink.jobs.get("twin").state()).isEqualTo("RUNNING");
  }

  @Test
  void anOwnerOnAnotherClusterIsNamed() {
    flink.jobs.put(BAD, new StandInFlink.Job("quite-another", "RUNNING", null, null));
    commands().set("fs:_owner:shop", "4 elsewhere plumbline-new");
    assertNothingChanged(
        rollback(), "entity shop belongs to job elsewhere ('plumbline-new'), which this Flink");
  }
}
