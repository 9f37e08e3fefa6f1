package io.plumbline.savepoints;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plumbline.jobs.backfill.Product;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Savepoints of live jobs that read one log, one that keeps state on the heap and one that keeps it
 * in RocksDB: what the verbs say of them, against a backfill over the same events.
 */
class SavepointIT {
  @TempDir static Path folder;

  private static Scene scene;
  private static Path heap;
  private static Path rocks;

  @BeforeAll
  static void takeSavepoints() throws Exception {
    scene = new Scene(folder);
    heap = scene.heap;
    rocks = scene.rocks;
  }

  @AfterAll
  static void stop() throws Exception {
    scene.stop();
  }

  private static JsonNode inspect(Path savepoint, String entity, String key, Object... more)
      throws IOException {
    List<Object> call =
        new ArrayList<>(
            List.of(
                "savepoint",
                "inspect",
                "--path",
                savepoint,
                "--entity",
                entity,
                "--key",
                key,
                "--json"));
    call.addAll(List.of(more));
    Verb verb = Verb.call(call.toArray());
    assertThat(verb.exit()).as(verb.err()).isZero();
    return verb.json();
  }

  private static void assertAsInTable(JsonNode inspected, String user, long at) {
    JsonNode row = scene.expected.get(user + " " + at);
    ObjectNode features = (ObjectNode) inspected.get("features");
    assertThat(features.fieldNames())
        .toIterable()
        .containsExactlyInAnyOrder(
            "spend_1h:v1", "count_10m:v1", "largest:v1", "purchases:v1", "last_at:v1", "share:v1");
    features
        .fields()
        .forEachRemaining(
            feature -> {
              String column = feature.getKey().substring(0, feature.getKey().indexOf(':'));
              assertThat(feature.getValue()).as(user + " " + column).isEqualTo(row.get(column));
            });
  }

  @Test
  void featuresAreThoseOfATrainingTable() throws Exception {
    long atHeap = Scene.time(heap);
    for (int user = 0; user < Shop.USERS; user++) {
      assertAsInTable(inspect(heap, "user", "u" + user), "u" + user, atHeap);
    }
    assertAsInTable(inspect(rocks, "user", "u3"), "u3", Scene.time(rocks));
    long quarter = atHeap + Scene.HOUR / 4;
    assertAsInTable(
        inspect(heap, "user", "u0", "--at", Instant.ofEpochMilli(quarter)), "u0", quarter);
  }

  @Test
  void aKeyShowsWhatIsBehindItsFeatures() throws Exception {
    JsonNode user = inspect(rocks, "user", Scene.BUSY);
    assertThat(user.get("pending")).hasSize(1);
    assertThat(user.get("pending").get(0).get("source").asText()).isEqualTo("purchase");
    assertThat(user.get("pending").get(0).get("partition").asInt()).isZero();
    assertThat(user.get("questions")).hasSize(1);
    assertThat(user.get("questions").get(0).get("offset").asLong()).isZero();
    assertThat(user.get("as_of").asText()).isGreaterThan(user.get("knowledge_time").asText());
    assertThat(user.get("tiles"))
        .extracting(g -> g.get("every").asText())
        .containsExactly("5m", "1m");
    assertThat(user.get("sessions").get(0).get("gap").asText()).isEqualTo("10m");
    JsonNode lifetime = user.get("lifetime").get(0).get("values");
    assertThat(lifetime.get("purchases:v1")).isEqualTo(user.get("features").get("purchases:v1"));

    Verb text =
        Verb.call("savepoint", "inspect", "--path", rocks, "--entity", "user", "--key", Scene.BUSY);
    assertThat(text.out())
        .contains("user " + Scene.BUSY, "spend_1h:v1", "every 5m", "pending events: 1", "wait: 1");
  }

  @Test
  void whatIsNotThereIsSaid() {
    Verb key =
        Verb.call("savepoint", "inspect", "--path", heap, "--entity", "user", "--key", "nobody");
    assertThat(key.exit()).isEqualTo(1);
    assertThat(key.err()).contains("keeps nothing of user nobody");
    refused(
        Verb.call("savepoint", "inspect", "--path", heap, "--entity", "driver", "--key", "x"),
        "no entity driver; there are user, shop");
    refused(
        Verb.call(
            "savepoint",
            "inspect",
            "--path",
            heap,
            "--entity",
            "user",
            "--key",
            Scene.BUSY,
            "--at",
            "2020-01-01T00:00:00Z"),
        "before the savepoint's knowledge time");
  }

  @Test
  void statsCountKeysAndState() throws Exception {
    for (Path savepoint : List.of(heap, rocks)) {
      JsonNode stats = Verb.call("savepoint", "stats", "--path", savepoint, "--json").json();
      Map<String, Long> keys = new LinkedHashMap<>();
      stats.get("operators").forEach(o -> keys.put(o.get("uid").asText(), o.get("keys").asLong()));
      assertThat(keys).containsEntry("timelines-user", 12L).containsEntry("timelines-shop", 2L);
      assertThat(keys.get("duplicates-purchase")).isPositive();
      JsonNode users = stats.get("entities").get(0);
      assertThat(users.get("keys").asInt()).isEqualTo(Shop.USERS);
      assertThat(users.get("pending_events").asInt()).isPositive();
      assertThat(users.get("questions").asInt()).isEqualTo(1);
      assertThat(users.get("groups")).hasSize(3);
      List<Long> largest = new ArrayList<>();
      users.get("largest_keys").forEach(key -> largest.add(key.get("bytes").asLong()));
      assertThat(largest).hasSize(10).isSortedAccordingTo((x, y) -> Long.compare(y, x));
    }
    assertThat(Verb.call("savepoint", "stats", "--path", heap).out())
        .contains("timelines-user", "user: 12 keys", ", 1 questions");
  }

  @Test
  void equalEventsLeaveEqualTimelinesWhateverTheBackend() throws Exception {
    Verb same = Verb.call("savepoint", "diff", heap, rocks);
    assertThat(same.exit()).as(same.out() + same.err()).isZero();
    assertThat(same.out()).contains("14 keys are equal, 0 differ, 0 are in one alone");

    Verb other = Verb.call("savepoint", "diff", heap, scene.later, "--json");
    assertThat(other.exit()).isEqualTo(1);
    assertThat(other.json().get("only_in_b")).hasSize(1);
    assertThat(other.json().get("only_in_b").get(0).get("key").asText()).isEqualTo("new");
    TreeSet<String> differ = new TreeSet<>();
    other.json().get("differ").forEach(key -> differ.add(key.get("key").asText()));
    assertThat(differ).contains(Scene.BUSY).isSubsetOf(Scene.BUSY, "s0", "s1");
    JsonNode busy =
        other.json().get("differ").findParents("features").stream()
            .filter(key -> key.get("key").asText().equals(Scene.BUSY))
            .findFirst()
            .orElseThrow();
    assertThat(busy.get("features"))
        .extracting(f -> f.get("feature").asText())
        .contains("purchases:v1");
  }

  @Test
  void theCatalogKnowsWhatIsInASavepoint() throws Exception {
    JsonNode record =
        Verb.call("savepoint", "show", scene.heapId, "--catalog", scene.catalog).json();
    assertThat(record.get("path").asText()).isEqualTo(heap.toString());
    assertThat(record.get("why").asText()).isEqualTo("before canonical");
    assertThat(record.get("job").get("name").asText()).isEqualTo("heap");
    assertThat(record.get("job").get("generation").asLong()).isEqualTo(LiveJobs.GENERATION);
    assertThat(record.get("job").get("product_version").asText()).isEqualTo(Product.version());
    assertThat(record.get("flink_version").asText()).startsWith("2.");
    assertThat(record.get("knowledge_time").asText())
        .isEqualTo(Instant.ofEpochMilli(Scene.time(heap)).toString());
    assertThat(record.get("definitions").get("files").fieldNames())
        .toIterable()
        .containsExactly("purchase.avsc", "shop.yaml");
    assertThat(record.get("operators")).extracting(JsonNode::asText).contains("timelines-user");
    assertThat(record.get("state_bytes").asLong()).isPositive();
    List<String> positions = new ArrayList<>();
    for (JsonNode one : record.get("offsets")) {
      positions.add(one.get("uid").asText() + " " + one.get("partition") + " " + one.get("offset"));
    }
    assertThat(positions)
        .containsExactly(
            "observations-topic 0 1",
            "records-purchase 0 " + scene.offsets[0],
            "records-purchase 1 " + scene.offsets[1]);
    assertThat(Verb.call("savepoint", "list", "--catalog", scene.catalog).out())
        .contains(scene.heapId, "before native");
    assertThat(Verb.call("savepoint", "verify", scene.heapId, "--catalog", scene.catalog).exit())
        .isZero();
  }

  @Test
  void takingSaysWhyItFails() {
    String nobody = "0123456789abcdef0123456789abcdef";
    refused(
        Verb.call(
            "savepoint",
            "take",
            "--job",
            nobody,
            "--rest",
            scene.jobs.rest(),
            "--catalog",
            scene.catalog,
            "--why",
            "x"),
        nobody);
    refused(
        Verb.call(
            "savepoint",
            "take",
            "--job",
            nobody,
            "--rest",
            "http://localhost:1",
            "--catalog",
            scene.catalog,
            "--why",
            "x"),
        "no Flink answers at http://localhost:1");
  }

  @Test
  void damageIsFound() throws Exception {
    for (Path whole : List.of(heap, rocks)) {
      Verb verb = Verb.call("savepoint", "verify", "--path", whole);
      assertThat(verb.exit()).as(verb.out() + verb.err()).isZero();
      assertThat(verb.out()).contains("is whole", "14 keys");
      Path missing = copy(whole, "missing");
      Path file = Damage.largest(missing);
      Files.delete(file);
      Verb lacks = Verb.call("savepoint", "verify", "--path", missing);
      assertThat(lacks.exit()).as(lacks.out() + lacks.err()).isEqualTo(1);
      assertThat(lacks.out()).contains(file.getFileName() + " is missing");
      refused(Verb.call("savepoint", "stats", "--path", missing), " is missing");
      Path cut = copy(whole, "cut");
      byte[] bytes = Files.readAllBytes(Damage.largest(cut));
      Files.write(Damage.largest(cut), Arrays.copyOf(bytes, bytes.length / 2));
      Verb shorter = Verb.call("savepoint", "verify", "--path", cut);
      assertThat(shorter.exit()).isEqualTo(1);
      assertThat(shorter.out()).contains("when it was written");
      refused(stats(cut), "is not whole");
    }
  }

  /** RocksDB's own files hold some that it can do without, and Flink no checksums. */
  @Test
  void bytesThatMakeNoSenseAreFound() throws Exception {
    Path scrambled = copy(heap, "scrambled");
    byte[] noise = Files.readAllBytes(Damage.largest(scrambled));
    new Random(1).nextBytes(noise);
    Files.write(Damage.largest(scrambled), noise);
    assertThat(Verb.call("savepoint", "verify", "--path", scrambled).exit()).isEqualTo(1);
    refused(stats(scrambled), "cannot be read");
  }

  @Test
  void whatIsNoSavepointOfOursIsRefused() throws Exception {
    refused(stats(folder.resolve("nowhere")), "does not exist");
    refused(stats(Files.createDirectories(folder.resolve("empty"))), "is not a savepoint");
    refused(stats(scene.foreign), "a savepoint of another program");
    Path future = copy(heap, "future");
    Damage.patch(
        future.resolve("_metadata"), new byte[] {0x49, 0x60, (byte) 0x67, (byte) 0x2d}, 4, 99);
    refused(stats(future), "_metadata");
    Path newer = copy(heap, "newer");
    byte[] name =
        "io.plumbline.jobs.feature.FlowSerializerSnapshot".getBytes(StandardCharsets.UTF_8);
    try (Stream<Path> files = Files.list(newer)) {
      for (Path file : files.toList()) {
        Damage.patch(file, name, name.length + 4, 99);
      }
    }
    refused(stats(newer), "state format 99 is unknown to this version");
    Verb verified = Verb.call("savepoint", "verify", "--path", newer);
    assertThat(verified.exit()).isEqualTo(1);
    assertThat(verified.out()).contains("state format 99 is unknown");
  }

  @Test
  void aJobDoesNotStartFromWhatIsBroken() throws Exception {
    String fix = "start from another savepoint";
    refusedByStream(folder.resolve("nowhere"), "cannot be read: a file is missing", fix);
    refusedByStream(scene.foreign, "is a savepoint of another program", "name one that a stream");
    for (Path whole : List.of(heap, rocks)) {
      Path otherFlink = copy(whole, "other-flink");
      Damage.patch(otherFlink.resolve("_metadata"), new byte[] {0x49, 0x60, 0x67, 0x2d}, 4, 99);
      refusedByStream(otherFlink, "of a version of Flink's that this one does not know", fix);
      Path metadata = copy(whole, "short").resolve("_metadata");
      byte[] bytes = Files.readAllBytes(metadata);
      Files.write(metadata, Arrays.copyOf(bytes, bytes.length / 2));
      refusedByStream(metadata.getParent(), "its _metadata is damaged", fix);
      new Random(2).nextBytes(bytes);
      Files.write(metadata, bytes);
      refusedByStream(metadata.getParent(), "its _metadata is damaged", fix);

      Path file = Damage.largest(copy(whole, "gone"));
      Files.delete(file);
      refusedByStream(file.getParent(), file + " is missing", "savepoint verify says more");
      Path noise = copy(whole, "noise");
      Damage.scramble(noise);
      refusedByStream(noise, "", fix);
    }
  }

  private static void refusedByStream(Path from, String... messages) {
    Verb verb =
        Verb.call(
            "stream",
            "--from",
            from,
            "--defs",
            folder.resolve("defs"),
            "--brokers",
            scene.jobs.kafka().bootstrap(),
            "--redis",
            scene.jobs.redis());
    assertThat(verb.exit()).as(verb.out() + verb.err()).isEqualTo(1);
    assertThat(verb.err())
        .contains("--from: file:" + from)
        .contains(messages)
        .doesNotContain("\tat ", "Exception: ");
  }

  private static Verb stats(Path savepoint) {
    return Verb.call("savepoint", "stats", "--path", savepoint);
  }

  private static void refused(Verb verb, String message) {
    assertThat(verb.exit()).as(verb.out() + verb.err()).isEqualTo(2);
    assertThat(verb.err()).contains(message).doesNotContain("\tat ", "Exception: ");
  }

  private static Path copy(Path savepoint, String name) throws IOException {
    return Damage.copy(savepoint, folder.resolve("copies"), name);
  }
}
