package io.plumbline.savepoints;

import static org.assertj.core.api.Assertions.assertThat;

import io.plumbline.jobs.local.LocalKafka;
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
import org.junit.jupiter.api.Test;

/** What can go wrong with a rollback, against a Redis and what stands for a cluster. */
class RollbackVerbIT extends BadRelease {
  @Test
  void whatTheRecordedStartGaveUpIsNotGivenUpAgain() {
    Verb verb = rollback();
    assertThat(verb.exit()).as(verb.err()).isZero();
    assertThat(verb.out()).contains("generation 5", "kept of the old job");
    assertThat(flink.starts).hasSize(1);
    List<String> arguments = new ArrayList<>();
    flink.starts.get(0).get("programArgsList").forEach(a -> arguments.add(a.asText()));
    assertThat(arguments)
        .doesNotContain("--drop", "gone:v1", "--from", "--drop-unknown-state")
        .containsOnlyOnce("--accept-loss");
    assertThat(flink.starts.get(0).has("allowNonRestoredState")).isFalse();
    assertThat(flink.starts.get(0).at("/flinkConfiguration/plumbline.repeated-arguments").asText())
        .as("what the job says of itself")
        .startsWith("[\"stream\",")
        .contains("--drop-unknown-state");
    assertThat(flink.deleted).containsExactly("release.jar");
    assertThat(commands().exists("fs:user:only-the-bad-one")).isZero();
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
  void aJobThatRestartsAllTheTimeSaysWhy() {
    String trace = "a.b.JobException: x\n\tat a.b\nCaused by: java.io.IOException: No space left";
    flink.whenStarted =
        job -> flink.jobs.put(job, new StandInFlink.Job("shop", "RESTARTING", null, trace));
    Verb verb = rollback("--timeout", "1s");
    assertThat(verb.exit()).isEqualTo(1);
    assertThat(verb.err()).contains("its tasks run, and it failed meanwhile: No space left");
  }

  @Test
  void theJobThatHasTheEntitiesIsStoppedWhateverItsName() {
    flink.jobs.put(BAD, new StandInFlink.Job("plumbline-new", "RUNNING", null, null));
    flink.jobs.put("more", new StandInFlink.Job("other", "RUNNING", null, null));
    commands().set("fs:_owner:user", "4 " + BAD + " plumbline-new");
    assertNothingChanged(
        rollback("--job", "more"),
        "job more ('other') has none of the release's entities; job bad0 ('plumbline-new') has");
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

  @Test
  void aTopicThatEndsBeforeTheReleaseGoesOnIsFoundWhileTheOldJobRuns() throws Exception {
    try (LocalKafka kafka = LocalKafka.start(0, folder.resolve("kafka"))) {
      brokers = kafka.bootstrap();
      record();
      goesOnAt(5000);
      assertNothingChanged(rollback(), "there is no topic purchases");
      kafka.createTopic("purchases", 1, Map.of());
      assertNothingChanged(rollback(), "it goes on at offset 5000, and Kafka's log ends at 0");
    }
  }

  @Test
  void brokersThatNobodyKnowsAreFoundWhileTheOldJobRuns() throws IOException {
    brokers = "nowhere.invalid:9092";
    record();
    goesOnAt(1);
    assertNothingChanged(rollback(), "nowhere.invalid");
  }

  /** Whoever had the entities would be shut out, and leave nothing. */
  @Test
  void anotherJobCannotBeNamedInPlaceOfTheOneThatRuns() {
    List<String> here = List.of("stream", "--redis", redis.uri());
    flink.jobs.put("neighbour", new StandInFlink.Job("other", "RUNNING", here, null));
    flink.jobs.put("earlier", new StandInFlink.Job("shop", "FINISHED", null, null));
    assertNothingChanged(
        rollback("--job", "earlier"), "job earlier ('shop') has ended; what runs is " + BAD);
    commands().set("fs:_owner:user", "4 " + BAD + " shop");
    assertNothingChanged(rollback("--job", "neighbour"), "job bad0 ('shop') has");
    assertNothingChanged(rollback("--job", "earlier"), "job bad0 ('shop') has");
    commands().set("fs:_owner:user", "4 elsewhere shop");
    assertNothingChanged(rollback("--job", BAD), "belongs to job elsewhere");
    commands().set("fs:_owner:user", "4 " + BAD + " shop");
    Verb verb = rollback("--job", BAD);
    assertThat(verb.exit()).as(verb.err()).isZero();
  }

  @Test
  void aSavepointIsRecordedThoughItsClusterIsGoneMeanwhile() {
    flink.whenSaved = flink.jobs::remove;
    Object[] call = {
      "savepoint", "take", "--job", BAD, "--rest", flink.rest(), "--catalog", catalog, "--why", "x"
    };
    Verb verb = Verb.call(call);
    assertThat(verb.exit()).as(verb.err()).isZero();
  }
}
