package io.plumbline.savepoints;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.plumbline.UserError;
import io.plumbline.jobs.app.Places;
import io.plumbline.jobs.lake.Completeness;
import io.plumbline.jobs.stream.StreamPlan;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.checkpoint.CheckpointProperties;
import org.apache.flink.runtime.checkpoint.CheckpointRetentionPolicy;
import org.apache.flink.runtime.checkpoint.Checkpoints;
import org.apache.flink.runtime.checkpoint.metadata.CheckpointMetadata;
import org.apache.flink.state.api.runtime.SavepointLoader;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs that go on from savepoints of other definitions. */
class EvolveIT {
  private static final String KEPT =
      """
      features:
        - {name: spend_1h, version: 1, entity: user, source: purchase, value: amount,
           aggregate: sum, window: {sliding: 1h, every: 5m}}
        - {name: shops_30m, version: 1, entity: user, source: purchase, value: shop_id,
           aggregate: distinct_count, window: {sliding: 30m, every: 5m}}
        - {name: largest, version: 1, entity: user, source: purchase, value: amount,
           aggregate: max, window: {session: 10m}}
      """;

  private static final String OLD =
      KEPT
          + """
            - {name: purchases, version: 1, entity: user, source: purchase, aggregate: count,
               window: lifetime}
            - {name: count_10m, version: 1, entity: user, source: purchase, aggregate: count,
               window: {sliding: 10m, every: 1m}}
            - {name: sales, version: 1, entity: shop, source: purchase, value: amount,
               aggregate: sum, window: lifetime}
          """;

  /** Two features less, an entity less, an entity more; and one is shown otherwise. */
  private static final String NEW =
      KEPT
          + """
            - {name: purchases, version: 1, entity: user, source: purchase, aggregate: count,
               window: lifetime, default: -1, description: all of them}
            - {name: mean_30m, version: 1, entity: user, source: purchase, value: amount,
               aggregate: mean, window: {sliding: 30m, every: 5m}}
            - {name: spend_2h, version: 1, entity: user, source: purchase, value: amount,
               aggregate: sum, window: {sliding: 2h, every: 5m}}
            - {name: largest, version: 2, entity: user, source: purchase, value: amount,
               aggregate: max, window: {session: 20m}}
            - {name: dear, version: 1, entity: user, source: purchase, aggregate: count,
               where: 'amount > 50.0', window: lifetime}
            - {name: share, version: 1, entity: user, derive: 'dear / purchases'}
            - {name: visits, version: 1, entity: pair, source: purchase, aggregate: count,
               window: lifetime}
          """;

  private static final Set<String> DROPPED = Set.of("count_10m:v1", "sales:v1");
  private static final List<String> WHOLE =
      List.of("spend_1h:v1", "shops_30m:v1", "largest:v1", "purchases:v1", "mean_30m:v1");
  private static final List<String> EMPTY = List.of("spend_2h:v1", "largest:v2", "dear:v1");
  private static final String MORE = "  - {name: pair, keys: [user_id, shop_id]}\n";

  @TempDir static Path folder;

  private static LiveJobs jobs;
  private static Shop shop;
  private static Path before;
  private static Path now;

  /** Of jobs with the old definitions, by what they kept state in. */
  private static final Map<String, String> OLD_SAVEPOINTS = new HashMap<>();

  @BeforeAll
  static void stopOldJobs() throws Exception {
    jobs = LiveJobs.start(folder);
    shop = new Shop(jobs.kafka());
    before = Shop.definitions(folder.resolve("before"), OLD);
    now = Shop.definitions(folder.resolve("now"), MORE + NEW);
    long time = System.currentTimeMillis();
    shop.buy(300, time - 3 * Scene.HOUR, time - 1000);
    for (String backend : List.of("hashmap", "rocksdb")) {
      StreamPlan plan =
          jobs.start("old-" + backend, before, new LiveJobs.Start(backend, 2, null, Set.of()));
      jobs.awaitWritten("old-" + backend, plan, shop.last());
      SavepointFormatType format =
          backend.equals("hashmap") ? SavepointFormatType.CANONICAL : SavepointFormatType.NATIVE;
      OLD_SAVEPOINTS.put(backend, jobs.stop("old-" + backend, folder, format));
    }
  }

  @AfterAll
  static void stop() throws Exception {
    jobs.stop();
  }

  @Test
  void keepsWhatStaysAndStartsWhatIsNewEmpty() throws Exception {
    int first = Files.readAllLines(shop.history(folder.resolve("first.jsonl"))).size();
    long time = System.currentTimeMillis();
    shop.buy(150, time, time + 2000);
    Map<String, Path> savepoints = new LinkedHashMap<>();
    savepoints.put("heap", goOn("heap", "hashmap", OLD_SAVEPOINTS.get("hashmap")));
    savepoints.put("rocks", goOn("rocks", "rocksdb", OLD_SAVEPOINTS.get("rocksdb")));
    savepoints.put("moved", goOn("moved", "rocksdb", OLD_SAVEPOINTS.get("hashmap")));
    long at = savepoints.values().stream().mapToLong(Scene::time).max().orElseThrow();
    List<String> all = Files.readAllLines(shop.history(folder.resolve("all.jsonl")));
    Map<String, JsonNode> whole = TrainingRows.of(folder.resolve("whole"), now, all, at);
    Map<String, JsonNode> later =
        TrainingRows.of(folder.resolve("later"), now, all.subList(first, all.size()), at);
    savepoints.forEach(
        (name, savepoint) -> {
          for (int user = 0; user < Shop.USERS; user++) {
            JsonNode features = inspect(savepoint, "user", "u" + user, at);
            assertThat(values(features, WHOLE))
                .as(name + " u" + user)
                .isEqualTo(columns(whole.get("u" + user + "|s0"), WHOLE));
            assertThat(values(features, EMPTY))
                .as(name + " u" + user)
                .isEqualTo(columns(later.get("u" + user + "|s0"), EMPTY));
          }
          assertThat(inspect(savepoint, "pair", "u0|s1", at).get("visits:v1"))
              .isEqualTo(later.get("u0|s1").get("visits"));
        });
    Verb again = plan(savepoints.get("rocks"), now);
    assertThat(again.exit()).as(again.out()).isZero();
    assertThat(becomes(again).values()).containsOnly("kept");
    goesOnAsItWas(savepoints.get("heap"), whole, later, at);
  }

  /** What began later still counts what it counted, however often a job goes on. */
  private static void goesOnAsItWas(
      Path savepoint, Map<String, JsonNode> whole, Map<String, JsonNode> later, long at)
      throws Exception {
    Path next = goOn("again", "rocksdb", savepoint.toUri().toString());
    long time = Math.max(at, Scene.time(next));
    JsonNode features = inspect(next, "user", "u0", time);
    List<String> ever = List.of("purchases:v1");
    assertThat(values(features, ever)).isEqualTo(columns(whole.get("u0|s0"), ever));
    List<String> dear = List.of("dear:v1");
    assertThat(values(features, dear)).isEqualTo(columns(later.get("u0|s0"), dear));
  }

  private static Path goOn(String name, String backend, String from) throws Exception {
    Set<String> dropped = OLD_SAVEPOINTS.containsValue(from) ? DROPPED : Set.of();
    StreamPlan plan = jobs.start(name, now, new LiveJobs.Start(backend, 2, from, dropped));
    jobs.awaitWritten(name, plan, shop.last());
    return Path.of(URI.create(jobs.stop(name, folder, SavepointFormatType.CANONICAL)));
  }

  private static JsonNode inspect(Path savepoint, String entity, String key, long at) {
    Verb verb =
        Verb.call(
            "savepoint",
            "inspect",
            "--path",
            savepoint,
            "--entity",
            entity,
            "--key",
            key,
            "--at",
            Json.time(at),
            "--json");
    assertThat(verb.exit()).as(verb.err()).isZero();
    try {
      return verb.json().get("features");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<JsonNode> values(JsonNode features, List<String> ids) {
    return ids.stream().map(features::get).toList();
  }

  /** A table's columns: the highest version bears the name alone. */
  private static List<JsonNode> columns(JsonNode row, List<String> ids) {
    List<JsonNode> values = new ArrayList<>();
    for (String id : ids) {
      String name = id.substring(0, id.indexOf(':'));
      values.add(row.get(id.equals("largest:v1") ? "largest_v1" : name));
    }
    return values;
  }

  /** The lake has more than the job had read: that is left to the log. */
  @Test
  void givesWhatIsNewItsHistory() throws Exception {
    long time = System.currentTimeMillis();
    shop.buy(60, time, time + 1000);
    Path lake = folder.resolve("history-lake");
    Path history = shop.history(folder.resolve("history.jsonl"));
    Shop.importInto(lake, now, history);
    Map<String, Path> savepoints = new LinkedHashMap<>();
    for (String backend : List.of("hashmap", "rocksdb")) {
      Path grown = folder.resolve("grown " + backend);
      Verb made = grow(Path.of(URI.create(OLD_SAVEPOINTS.get(backend))), lake, grown);
      assertThat(made.exit()).as(made.err()).isZero();
      Verb plan = plan(grown, now);
      assertThat(plan.exit()).as(plan.out() + plan.err()).isZero();
      assertThat(becomes(plan).values()).containsOnly("kept");
      savepoints.put(backend, goOn("grown-" + backend, backend, Places.url(grown)));
    }
    long at = savepoints.values().stream().mapToLong(Scene::time).max().orElseThrow();
    List<String> all = Files.readAllLines(shop.history(folder.resolve("grown.jsonl")));
    Map<String, JsonNode> whole = TrainingRows.of(folder.resolve("grown"), now, all, at);
    List<String> ids = new ArrayList<>(WHOLE);
    ids.addAll(EMPTY);
    savepoints.forEach(
        (name, savepoint) -> {
          for (int user = 0; user < Shop.USERS; user++) {
            assertThat(values(inspect(savepoint, "user", "u" + user, at), ids))
                .as(name + " u" + user)
                .isEqualTo(columns(whole.get("u" + user + "|s0"), ids));
          }
          assertThat(inspect(savepoint, "pair", "u0|s1", at).get("visits:v1"))
              .isEqualTo(whole.get("u0|s1").get("visits"));
        });
  }

  @Test
  void refusesALakeThatLacksWhatTheJobHadRead() throws Exception {
    Path lake = folder.resolve("torn-lake");
    List<String> lines = Files.readAllLines(shop.history(folder.resolve("torn.jsonl")));
    Path history = Files.write(folder.resolve("torn.jsonl"), lines.subList(0, 250));
    Shop.importInto(lake, now, history);
    Path out = folder.resolve("torn-out");
    Verb refused = grow(Path.of(URI.create(OLD_SAVEPOINTS.get("hashmap"))), lake, out);
    assertThat(refused.exit()).isEqualTo(1);
    assertThat(refused.err()).contains("lacks records of source purchase: partition 0, offsets ");
    new Completeness(shop.last() - Scene.HOUR).publish(lake, "purchase");
    Verb behind =
        grow(Path.of(URI.create(OLD_SAVEPOINTS.get("hashmap"))), lake, out, "--accept-holes");
    assertThat(behind.exit()).isEqualTo(1);
    assertThat(behind.err()).contains("the lake has source purchase only up to ", ". Wait until");
    assertThat(out).doesNotExist();
  }

  @Test
  void addsNothingToACheckpoint() throws Exception {
    Path savepoint = Path.of(URI.create(OLD_SAVEPOINTS.get("hashmap")));
    Path checkpoint = Damage.copy(savepoint, folder, "checkpoint");
    CheckpointMetadata metadata =
        SavepointLoader.loadSavepointMetadata(savepoint.toUri().toString());
    try (OutputStream out = Files.newOutputStream(checkpoint.resolve("_metadata"))) {
      Checkpoints.storeCheckpointMetadata(
          metadata.withProperties(
              CheckpointProperties.forCheckpoint(CheckpointRetentionPolicy.RETAIN_ON_CANCELLATION)),
          out);
    }
    Path lake = Files.createDirectories(folder.resolve("no-lake"));
    Verb refused = grow(checkpoint, lake, folder.resolve("of-checkpoint"));
    assertThat(refused.exit()).isEqualTo(2);
    assertThat(refused.err())
        .startsWith("--from " + checkpoint + ": is a checkpoint")
        .contains("stop the job with a savepoint");
    assertThat(plan(checkpoint, now).err()).isEmpty();
  }

  private static Verb grow(Path from, Path lake, Path out, Object... more) {
    List<Object> call = new ArrayList<>(List.of("bootstrap", "--only", "new", "--from", from));
    call.addAll(List.of("--defs", now, "--lake", lake, "--out", out, "--parallelism", "2"));
    call.addAll(List.of("--drop", String.join(",", DROPPED)));
    call.addAll(List.of(more));
    return Verb.call(call.toArray());
  }

  @Test
  void plansWithoutStarting() throws Exception {
    Path savepoint = Path.of(URI.create(OLD_SAVEPOINTS.get("rocksdb")));
    Verb unasked = plan(savepoint, now);
    assertThat(unasked.exit()).isEqualTo(1);
    assertThat(becomes(unasked))
        .containsEntry("spend_1h:v1", "kept")
        .containsEntry("purchases:v1", "presentation")
        .containsEntry("mean_30m:v1", "added_whole")
        .containsEntry("spend_2h:v1", "added_empty")
        .containsEntry("visits:v1", "added_empty")
        .containsEntry("sales:v1", "removed")
        .containsEntry("count_10m:v1", "removed");
    assertThat(unasked.json().get("refusals")).hasSize(2);
    Verb asked = plan(savepoint, now, "--drop", "count_10m:v1,sales:v1");
    assertThat(asked.exit()).as(asked.out()).isZero();
  }

  @Test
  void refusesAnotherMeaning() throws Exception {
    String text =
        OLD.replace("session: 10m", "session: 11m").replace("value: shop_id", "value: id");
    Path other = Shop.definitions(folder.resolve("other"), text);
    Verb verb =
        Verb.call(
            "savepoint",
            "plan",
            "--from",
            Path.of(URI.create(OLD_SAVEPOINTS.get("hashmap"))),
            "--defs",
            other);
    assertThat(verb.exit()).isEqualTo(1);
    assertThat(verb.out())
        .contains("largest:v1    changed meaning, refused  window {session: 10m} -> {session: 11m}")
        .contains("value shop_id -> id");
    assertThatThrownBy(
            () ->
                jobs.start(
                    "other",
                    other,
                    new LiveJobs.Start("hashmap", 1, OLD_SAVEPOINTS.get("hashmap"), Set.of())))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("window {session: 10m} -> {session: 11m}");
  }

  /** Its offsets are of another topic, and what it has counted too. */
  @Test
  void refusesAnotherTopicOfASource() throws Exception {
    Path savepoint = Path.of(URI.create(OLD_SAVEPOINTS.get("hashmap")));
    Path moved = Shop.definitions(folder.resolve("moved-topic"), OLD);
    String text = Files.readString(moved.resolve("shop.yaml"));
    Files.writeString(moved.resolve("shop.yaml"), text.replace("topic: purchases", "topic: b"));
    String refusal = "source purchase was read from topic purchases, and is to be from b now";
    Verb verb = plan(savepoint, moved);
    assertThat(verb.exit()).isEqualTo(1);
    assertThat(becomes(verb).values()).containsOnly("kept");
    assertThat(verb.json().get("refusals").get(0).asText()).startsWith(refusal);
    assertThatThrownBy(
            () ->
                jobs.start(
                    "moved-topic",
                    moved,
                    new LiveJobs.Start("hashmap", 1, OLD_SAVEPOINTS.get("hashmap"), Set.of())))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(refusal);
    Verb grown =
        Verb.call(
            "bootstrap",
            "--only",
            "new",
            "--from",
            savepoint,
            "--defs",
            moved,
            "--lake",
            folder,
            "--out",
            folder.resolve("moved-out"));
    assertThat(grown.exit()).isEqualTo(1);
    assertThat(grown.err()).contains(refusal);
  }

  private static Verb plan(Path savepoint, Path definitions, Object... more) {
    List<Object> call = new ArrayList<>(List.of("savepoint", "plan", "--from", savepoint));
    call.addAll(List.of("--defs", definitions, "--json"));
    call.addAll(List.of(more));
    return Verb.call(call.toArray());
  }

  private static Map<String, String> becomes(Verb verb) throws Exception {
    Map<String, String> becomes = new LinkedHashMap<>();
    verb.json()
        .get("features")
        .forEach(f -> becomes.put(f.get("feature").asText(), f.get("becomes").asText()));
    return becomes;
  }
}
