package io.plumbline.jobs.stream;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.plumbline.definition.DefinitionLoader;
import io.plumbline.definition.Source;
import io.plumbline.jobs.conformance.ConformanceCase;
import io.plumbline.time.Knowledge;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every case from Kafka, as-known: records lie in their partitions, disordered as the log allows,
 * and the live job's answers are the expected rows, each once.
 */
class StreamConformanceIT {
  @RegisterExtension
  static final MiniClusterExtension CLUSTER =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberTaskManagers(1)
              .setNumberSlotsPerTaskManager(3)
              .build());

  /** Cases are sparse: within a second hardly any of their records would change places. */
  private static final Duration DISORDER = Duration.ofMinutes(3);

  /** A reader that gets a few records at a time and waits in between: it is stopped on the way. */
  private static final Map<String, String> SLOWLY =
      Map.of(
          "fetch.max.bytes", "1",
          "max.partition.fetch.bytes", "1",
          "fetch.min.bytes", "1000000",
          "fetch.max.wait.ms", "30");

  private static final ObjectMapper JSON = new ObjectMapper();

  private static Servers servers;

  @TempDir static Path folder;

  /** A record that is to be written. */
  private record Line(int partition, long ingestedAt, long offset, String text) {}

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
    LiveRun.Options options = produce(one, prefix, new Random(1));
    try (LiveRun alone = new LiveRun(servers, prefix + "alone", options);
        LiveRun sideBySide = new LiveRun(servers, prefix + "side-by-side", options)) {
      alone.start(LiveRun.Mode.of(1, "hashmap"));
      sideBySide.start(LiveRun.Mode.of(2, "hashmap"));
      check(one, alone);
      check(one, sideBySide);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aStopOnTheWayLosesAndRepeatsNothing(LiveRun.Ending ending) throws Exception {
    ConformanceCase one = new ConformanceCase(ConformanceCase.FOLDER.resolve("dirty"));
    String prefix = "stopped-" + ending + "-";
    LiveRun.Options options = produce(one, prefix, new Random(2));
    int rows = one.expected(Knowledge.AS_KNOWN).size();
    int enough = 1 + new Random(3).nextInt(rows / 8);
    try (LiveRun run = new LiveRun(servers, prefix + "run", options)) {
      run.start(LiveRun.Mode.of(2, "rocksdb").client(SLOWLY));
      Await.until(enough + " answers", () -> run.answered() >= enough);
      String savepoint = run.stop(folder, ending);
      assertThat(run.answers()).as("answers before the stop").hasSizeLessThan(rows);
      run.start(LiveRun.Mode.of(1, "rocksdb").from(savepoint));
      check(one, run);
    }
  }

  private static void check(ConformanceCase one, LiveRun run) throws Exception {
    int rows = one.expected(Knowledge.AS_KNOWN).size();
    Await.until("every answer", () -> run.answered() >= rows);
    Map<String, Map<String, Long>> rejected = withEverySource(one, run);
    Await.until("all rejected records", () -> run.rejected().equals(rejected), run::rejected);
    run.awaitWritten(lastIngestion(one, run));
    run.stop(folder);
    List<JsonNode> answers = run.answers();
    answers.sort(Comparator.comparingLong(row -> row.get("row").asLong()));
    one.check(answers, Knowledge.AS_KNOWN);
    assertThat(run.rejected()).isEqualTo(rejected);
  }

  private static Map<String, Map<String, Long>> withEverySource(ConformanceCase one, LiveRun run)
      throws IOException {
    Map<String, Map<String, Long>> rejected = new TreeMap<>(one.rejectedInLog());
    run.plans().sources().forEach(source -> rejected.putIfAbsent(source, Map.of()));
    return rejected;
  }

  private static long lastIngestion(ConformanceCase one, LiveRun run) throws IOException {
    long last = Long.MIN_VALUE;
    for (String source : run.plans().sources()) {
      for (Line line : lines(one.events(source))) {
        last = Math.max(last, line.ingestedAt);
      }
    }
    return last;
  }

  /** Writes a case into topics of its own. */
  private static LiveRun.Options produce(ConformanceCase one, String prefix, Random random)
      throws Exception {
    Path definitions =
        LiveDefinitions.copy(one.definitions(), folder.resolve(prefix + "defs"), prefix, DISORDER);
    for (Source source : DefinitionLoader.load(definitions).sources()) {
      List<Line> lines = disordered(lines(one.events(source.name())), random);
      int partitions = 1 + lines.stream().mapToInt(Line::partition).max().orElse(0);
      servers.kafka().createTopic(source.topic(), partitions, Servers.CREATE_TIME);
      for (Line line : lines) {
        byte[] value = line.text.getBytes(StandardCharsets.UTF_8);
        servers.send(source.topic(), line.partition, line.ingestedAt, value);
      }
    }
    String observations = prefix + "observations";
    servers.kafka().createTopic(observations, 2, Map.of());
    List<String> questions = new ArrayList<>(Files.readAllLines(one.observations()));
    Collections.shuffle(questions, random);
    for (String question : questions) {
      servers.send(observations, random.nextInt(2), question);
    }
    servers.flush();
    return LiveRun.Options.of(definitions).asking(observations);
  }

  /** The lines that have a place in a log. */
  private static List<Line> lines(Path file) throws IOException {
    List<Line> lines = new ArrayList<>();
    for (String text : Files.readAllLines(file)) {
      try {
        JsonNode event = JSON.readTree(text);
        JsonNode time = event.get("_ingested_at");
        lines.add(
            new Line(
                event.path("_partition").asInt(0),
                time.isTextual() ? Instant.parse(time.asText()).toEpochMilli() : time.asLong(),
                event.path("_offset").asLong(lines.size()),
                text));
      } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
        continue;
      }
    }
    return lines;
  }

  /** Within each partition, out of order by less than the log's disorder; equal times stay. */
  private static List<Line> disordered(List<Line> lines, Random random) {
    Map<String, Long> clocks = new HashMap<>();
    for (Line line : lines) {
      clocks.computeIfAbsent(
          line.partition + " " + line.ingestedAt,
          place -> line.ingestedAt + random.nextLong(DISORDER.toMillis()));
    }
    List<Line> disordered = new ArrayList<>(lines);
    disordered.sort(
        Comparator.<Line>comparingLong(l -> clocks.get(l.partition + " " + l.ingestedAt))
            .thenComparingLong(Line::ingestedAt)
            .thenComparingLong(Line::offset));
    return disordered;
  }
}
