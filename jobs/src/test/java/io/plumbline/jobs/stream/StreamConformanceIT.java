package io.plumbline.jobs.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import io.plumbline.jobs.backfill.Backfill;
import io.plumbline.jobs.conformance.ConformanceCase;
import io.plumbline.time.Knowledge;
import io.plumbline.timeline.TimelinePlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every case from Kafka, as-known: records lie in their partitions, disordered as the log allows,
 * and the live job's answers are the expected rows, each once, and to the bit those of a backfill
 * over what was archived meanwhile.
 */
class StreamConformanceIT {
  @RegisterExtension
  static final MiniClusterExtension CLUSTER =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberTaskManagers(1)
              .setNumberSlotsPerTaskManager(5)
              .build());

  /**
   * How long a reader that gets a few records at a time waits in between, in ms, so that it is
   * stopped on the way: on a busy machine, longer.
   */
  private static final List<Integer> WAITS = List.of(30, 120, 480);

  private static Servers servers;

  @TempDir static Path folder;

  @BeforeAll
  static void startServers() throws IOException {
    servers = Servers.start(folder.resolve("servers"));
  }

  @AfterAll
  static void stopServers() {
    servers.close();
  }

  static List<ConformanceCase> cases() throws IOException {
    List<ConformanceCase> cases = new ArrayList<>();
    for (ConformanceCase one : ConformanceCase.all()) {
      cases.add(LoggedCase.of(one, folder.resolve("cases")));
    }
    return cases;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void answersAreTheExpectedRows(ConformanceCase one) throws Exception {
    String prefix = "both-" + one + "-";
    compare(one, CaseLog.json(one, servers, prefix, folder, new Random(1)), prefix);
  }

  @Test
  void plainAvroGivesTheSameRows() throws Exception {
    ConformanceCase one = new ConformanceCase(ConformanceCase.FOLDER.resolve("dirty"));
    String prefix = "avro-";
    compare(one, CaseLog.avro(one, servers, prefix, folder, new Random(4)), prefix);
  }

  /** Holds two jobs and a backfill over an archive against the case and each other. */
  private static void compare(ConformanceCase one, CaseLog log, String prefix) throws Exception {
    Path archived = folder.resolve(prefix + "archive");
    try (LiveRun alone = new LiveRun(servers, prefix + "alone", log.options());
        LiveRun sideBySide = new LiveRun(servers, prefix + "side-by-side", log.options());
        ArchiveRun archive =
            new ArchiveRun(servers, prefix + "archive", log.definitions(), archived, 2)) {
      alone.start(LiveRun.Mode.of(1, "hashmap"));
      sideBySide.start(LiveRun.Mode.of(2, "hashmap"));
      List<JsonNode> answers = check(one, log, alone);
      assertThat(check(one, log, sideBySide)).isEqualTo(answers);
      archive.awaitComplete(Math.max(log.lastIngestion(), lastQuestion(one)));
      Backfill.Result table = archive.backfill(one.observations());
      assertThat(ConformanceCase.rows(table.snapshot())).isEqualTo(answers);
      assertThat(withEverySource(alone, table.manifest().rejected()))
          .isEqualTo(withEverySource(alone, one.rejectedInLog()));
    }
  }

  private static long lastQuestion(ConformanceCase one) throws IOException {
    long last = Long.MIN_VALUE;
    for (JsonNode question : ConformanceCase.rows(one.observations())) {
      JsonNode at = question.path("at");
      last =
          Math.max(last, at.isTextual() ? Instant.parse(at.asText()).toEpochMilli() : at.asLong());
    }
    return last;
  }

  @ParameterizedTest
  @EnumSource
  void aStopOnTheWayLosesAndRepeatsNothing(LiveRun.Ending ending) throws Exception {
    for (int wait : WAITS) {
      if (isStoppedOnTheWay(ending, wait)) {
        return;
      }
    }
    fail("whatever it waited, it had read everything before it was stopped");
  }

  private static boolean isStoppedOnTheWay(LiveRun.Ending ending, int wait) throws Exception {
    ConformanceCase one = new ConformanceCase(ConformanceCase.FOLDER.resolve("dirty"));
    String prefix = "stopped-" + ending + "-" + wait + "-";
    CaseLog log = CaseLog.json(one, servers, prefix, folder, new Random(2));
    int rows = one.expected(Knowledge.AS_KNOWN).size();
    int enough = 1 + new Random(3).nextInt(rows / 8);
    try (LiveRun run = new LiveRun(servers, prefix + "run", log.options())) {
      run.start(LiveRun.Mode.of(2, "rocksdb").client(slowly(wait)));
      Await.until(enough + " answers", () -> run.answered() >= enough);
      String savepoint = run.stop(folder, ending);
      boolean onTheWay = run.answers().size() < rows;
      run.start(LiveRun.Mode.of(1, "rocksdb").from(savepoint));
      check(one, log, run);
      return onTheWay;
    }
  }

  private static Map<String, String> slowly(int wait) {
    return Map.of(
        "fetch.max.bytes", "1",
        "max.partition.fetch.bytes", "1",
        "fetch.min.bytes", "1000000",
        "fetch.max.wait.ms", Integer.toString(wait));
  }

  /** Returns the answers, by number. */
  private static List<JsonNode> check(ConformanceCase one, CaseLog log, LiveRun run)
      throws Exception {
    int rows = one.expected(Knowledge.AS_KNOWN).size();
    Await.until("every answer", () -> run.answered() >= rows);
    Map<String, Map<String, Long>> rejected = withEverySource(run, one.rejectedInLog());
    Await.until("all rejected records", () -> run.rejected().equals(rejected), run::rejected);
    run.awaitWritten(log.lastIngestion());
    run.stop(folder);
    List<JsonNode> answers = run.answers();
    answers.sort(Comparator.comparingLong(row -> row.get("row").asLong()));
    one.check(answers, Knowledge.AS_KNOWN);
    assertThat(run.rejected()).isEqualTo(rejected);
    checkRedis(one, run);
    return answers;
  }

  /** Holds every key, at the time of its values and later, against the naive reference. */
  private static void checkRedis(ConformanceCase one, LiveRun run) throws IOException {
    Map<String, List<String>> events = new TreeMap<>();
    for (String source : run.plans().sources()) {
      events.put(source, Files.readAllLines(one.events(source)));
    }
    NaiveReference naive = new NaiveReference(run.plans().definitions(), events);
    Map<String, Set<String>> keys = new TreeMap<>();
    for (TimelinePlan plan : run.plans().entities()) {
      Set<String> names = new TreeSet<>(naive.keys(plan.entity()));
      run.store().forEachKey(plan.entity(), names::add);
      keys.put(plan.entity(), names);
    }
    assertThat(new RedisParity(run, keys).differences(naive)).isEmpty();
  }

  private static Map<String, Map<String, Long>> withEverySource(
      LiveRun run, Map<String, Map<String, Long>> counts) {
    Map<String, Map<String, Long>> all = new TreeMap<>(counts);
    run.plans().sources().forEach(source -> all.putIfAbsent(source, Map.of()));
    return all;
  }
}
