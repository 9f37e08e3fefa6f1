package io.plumbline.savepoints;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.plumbline.jobs.stream.StreamPlan;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.core.execution.SavepointFormatType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs that go on with more and with fewer tasks, from savepoint to savepoint. */
class RescaleIT {
  private static final List<Integer> PARALLELISMS = List.of(2, 4, 1);
  private static final List<String> BACKENDS = List.of("hashmap", "rocksdb");
  private static final long AHEAD_MS = 6_000;

  @TempDir static Path folder;

  private static LiveJobs jobs;

  @BeforeAll
  static void start() throws Exception {
    jobs = LiveJobs.start(folder);
  }

  @AfterAll
  static void stop() throws Exception {
    jobs.stop();
  }

  @Test
  void valuesDoNotDependOnHowManyTasksThereWere() throws Exception {
    Path definitions = Shop.definitions(folder.resolve("defs"));
    Shop shop = new Shop(jobs.kafka());
    long time = System.currentTimeMillis();
    shop.buy(200, time - 2 * Scene.HOUR, time - 1000);
    Questions questions = new Questions(jobs.kafka(), BACKENDS);
    Map<String, String> savepoints = new LinkedHashMap<>();
    for (int parallelism : PARALLELISMS) {
      long asking = System.currentTimeMillis();
      questions.ask(asking);
      int first = questions.asked().size();
      // Some of these wait in the savepoint, and are answered by other tasks.
      questions.ask(asking + AHEAD_MS);
      for (String backend : BACKENDS) {
        LiveJobs.Start start =
            new LiveJobs.Start(backend, parallelism, savepoints.get(backend), Set.of());
        StreamPlan plan = jobs.start(backend, definitions, start, Questions.to(backend));
        jobs.awaitWritten(backend, plan, shop.last());
        questions.awaitAnswered(backend, parallelism > 1 ? first : questions.asked().size());
        SavepointFormatType format =
            backend.equals("hashmap") ? SavepointFormatType.CANONICAL : SavepointFormatType.NATIVE;
        savepoints.put(backend, jobs.stop(backend, folder, format));
      }
      if (parallelism > 1) {
        long now = System.currentTimeMillis();
        shop.buy(60, now, now + 1000);
      }
    }
    compare(definitions, shop, savepoints);
    compareAnswers(definitions, shop, questions);
  }

  private static void compareAnswers(Path definitions, Shop shop, Questions questions)
      throws Exception {
    List<String> history = Files.readAllLines(shop.history(folder.resolve("asked.jsonl")));
    Map<String, JsonNode> rows =
        TrainingRows.of(
            folder.resolve("asked"),
            definitions,
            history,
            questions.asked(),
            row -> row.get("row").asText());
    for (String backend : BACKENDS) {
      assertThat(questions.answered(backend)).as(backend).isEqualTo(rows);
    }
  }

  private static void compare(Path definitions, Shop shop, Map<String, String> savepoints)
      throws Exception {
    Path heap = Path.of(URI.create(savepoints.get("hashmap")));
    Path rocks = Path.of(URI.create(savepoints.get("rocksdb")));
    Verb diff = Verb.call("savepoint", "diff", heap, rocks);
    assertThat(diff.exit()).as(diff.out() + diff.err()).isZero();
    long at = Scene.time(rocks);
    List<String> history = Files.readAllLines(shop.history(folder.resolve("all.jsonl")));
    Map<String, JsonNode> rows = TrainingRows.of(folder.resolve("rows"), definitions, history, at);
    for (int user = 0; user < Shop.USERS; user++) {
      JsonNode features =
          Verb.call(
                  "savepoint",
                  "inspect",
                  "--path",
                  rocks,
                  "--entity",
                  "user",
                  "--key",
                  "u" + user,
                  "--at",
                  Json.time(at),
                  "--json")
              .json()
              .get("features");
      JsonNode row = rows.get("u" + user + "|s0");
      features
          .fields()
          .forEachRemaining(
              feature -> {
                String column = feature.getKey().substring(0, feature.getKey().indexOf(':'));
                assertThat(feature.getValue()).as(column).isEqualTo(row.get(column));
              });
    }
  }
}
