package io.plumbline.jobs.backfill;

import static io.plumbline.jobs.backfill.Payments.HOUR;
import static io.plumbline.jobs.backfill.Payments.START;
import static io.plumbline.jobs.backfill.Payments.event;
import static io.plumbline.jobs.backfill.Payments.feature;
import static io.plumbline.jobs.backfill.Payments.observation;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plumbline.definition.DefinitionLoader;
import io.plumbline.definition.Source;
import io.plumbline.jobs.app.Plumbline;
import io.plumbline.jobs.table.Manifest;
import io.plumbline.jobs.table.TableFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same input gives the same table, however it is computed; another input another one. */
class DeterminismIT {
  @RegisterExtension
  static final MiniClusterExtension CLUSTER =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setConfiguration(
                  new Configuration().set(RestartStrategyOptions.RESTART_STRATEGY, "none"))
              .setNumberTaskManagers(1)
              .setNumberSlotsPerTaskManager(4)
              .build());

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"media", "payments", "delivery", "web"})
  void tablesOfShippedSetsAreEqual(String set) throws IOException {
    Path definitions = Path.of("../feature-defs/sets", set);
    Path events = folder.resolve("events");
    run(
        "generate",
        "--set",
        set,
        "--out",
        "" + events,
        "--seed",
        "7",
        "--events",
        "4000",
        "--observations",
        "400",
        "--keys",
        "40",
        "--rate",
        "2",
        "--late",
        "0.05",
        "--duplicates",
        "0.05",
        "--disorder",
        "0.3");
    for (Source source : DefinitionLoader.load(definitions).sources()) {
      run(
          "import",
          "--defs",
          "" + definitions,
          "--source",
          source.name(),
          "--input",
          "" + events.resolve(source.name() + ".jsonl"),
          "--lake",
          "" + folder.resolve("lake"),
          "--rejects",
          "" + folder.resolve("rejects"));
    }
    Set<String> hashes = new HashSet<>();
    Set<Object> rejected = new HashSet<>();
    for (RuntimeExecutionMode mode :
        List.of(RuntimeExecutionMode.BATCH, RuntimeExecutionMode.STREAMING)) {
      for (int parallelism : new int[] {1, 4}) {
        Backfill.Result result =
            Payments.backfill(
                definitions,
                folder.resolve("lake"),
                events.resolve("observations.jsonl"),
                folder.resolve("out"),
                BackfillRequest.Scope.ALL,
                mode,
                parallelism,
                parallelism == 1 ? TableFormat.PARQUET : TableFormat.JSON_LINES);
        assertThat(result.manifest().rows()).isEqualTo(400);
        assertThat(filled(result.manifest())).as("columns with values").isPositive();
        hashes.add(result.manifest().contentHash());
        rejected.add(result.manifest().rejected());
      }
    }
    assertThat(hashes).as("content hashes of %s", set).hasSize(1);
    assertThat(rejected).as("rejected counts of %s", set).hasSize(1);
  }

  private static long filled(Manifest manifest) {
    return manifest.features().stream()
        .map(f -> manifest.columns().get(f.column()))
        .filter(c -> c.count() > c.defaults())
        .count();
  }

  @Test
  void bothFormatsHoldTheSameRowsAndAnEventMakesADifference() throws IOException {
    Payments first = payments("first", 10);
    Payments second = payments("second", 10.25);
    String hash = hash(first, TableFormat.PARQUET);
    assertThat(hash(first, TableFormat.JSON_LINES)).isEqualTo(hash);
    assertThat(hash(second, TableFormat.PARQUET)).isNotEqualTo(hash);
  }

  private Payments payments(String name, double amount) throws IOException {
    List<String> events = Payments.events(new Random(4), 200, 6, 0);
    events.add(event("x", START + HOUR, "somebody", 1, amount, START + HOUR, 1_000));
    return new Payments(Files.createDirectory(folder.resolve(name)))
        .define(feature("spend", "entity: user; value: amount; aggregate: sum; window: lifetime"))
        .load(events)
        .observe(List.of(observation(0, START + 2 * HOUR, "somebody", 1)));
  }

  private static String hash(Payments payments, TableFormat format) {
    return payments
        .backfill(BackfillRequest.Scope.ALL, RuntimeExecutionMode.BATCH, 1, format)
        .manifest()
        .contentHash();
  }

  @Test
  void whatCannotMatterIsNotReadAndNotMissed() throws IOException {
    Random random = new Random(5);
    Payments payments =
        new Payments(folder)
            .define(
                "event_id: event_id",
                "",
                feature("a", "entity: user; aggregate: count; window: {sliding: 3h, every: 1h}")
                    + feature(
                        "b",
                        "entity: user; value: amount; aggregate: sum; window: {tumbling: 1h};"
                            + " emit: closed"))
            .load(Payments.events(random, 4_000, 72, 0.2));
    List<String> observations = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      long at = START + 60 * HOUR + random.nextLong(4 * HOUR);
      observations.add(observation(i, at, "u" + random.nextInt(20), null));
    }
    payments.observe(observations);
    for (RuntimeExecutionMode mode :
        List.of(RuntimeExecutionMode.BATCH, RuntimeExecutionMode.STREAMING)) {
      Manifest needed = manifest(payments, BackfillRequest.Scope.NEEDED, mode);
      Manifest all = manifest(payments, BackfillRequest.Scope.ALL, mode);
      assertThat(needed.contentHash()).isEqualTo(all.contentHash());
      assertThat(all.lake().get("pay").files()).hasSizeGreaterThanOrEqualTo(72);
      assertThat(needed.lake().get("pay").files()).hasSizeBetween(5, 10);
      assertThat(filled(needed)).isEqualTo(2);
    }
  }

  private static Manifest manifest(
      Payments payments, BackfillRequest.Scope scope, RuntimeExecutionMode mode) {
    return payments.backfill(scope, mode, 2, TableFormat.JSON_LINES).manifest();
  }

  @Test
  void rowsThatAreRepeatedUnknownOrOutsideOfTheHistory() throws IOException {
    Payments payments =
        new Payments(folder)
            .define(
                feature("n", "entity: user; aggregate: count; window: {sliding: 2h, every: 1h}")
                    + feature("ever", "entity: user; aggregate: count; window: lifetime")
                    + feature(
                        "item_spend",
                        "entity: user_item; value: amount; aggregate: sum; window: lifetime"))
            .load(
                List.of(
                    event("a", START, "u", 1, 0.5, START, 0),
                    event("b", START + HOUR, "u", 2, 2, START + HOUR, 1),
                    event("c", START + HOUR, "u", null, 4, START + HOUR, 2)))
            .observe(
                List.of(
                    observation(0, START - 1, "u", 1),
                    observation(1, START, "u", 1),
                    observation(2, START + HOUR, "u", 2),
                    observation(3, START + HOUR, "u", 2),
                    observation(4, START + HOUR, "nobody", 2),
                    observation(5, START + HOUR, null, 2),
                    observation(6, START + HOUR, "u", null),
                    observation(7, START + 9_000 * HOUR, "u", 1)));
    List<String> expected =
        List.of(
            "0 0 null",
            "1 1 0.5",
            "3 3 2.0",
            "3 3 2.0",
            "0 0 null",
            "0 0 null",
            "3 3 null",
            "0 3 0.5");
    for (RuntimeExecutionMode mode :
        List.of(RuntimeExecutionMode.BATCH, RuntimeExecutionMode.STREAMING)) {
      Path table =
          payments
              .backfill(BackfillRequest.Scope.NEEDED, mode, 4, TableFormat.JSON_LINES)
              .snapshot();
      List<String> values = new ArrayList<>();
      for (JsonNode row : rows(table)) {
        values.add(row.get("n") + " " + row.get("ever") + " " + row.get("item_spend"));
      }
      assertThat(values).as("%s", mode).isEqualTo(expected);
    }
  }

  @Test
  void threeHundredFeatures() throws IOException {
    StringBuilder features = new StringBuilder();
    List<String> aggregates = List.of("sum", "count", "mean", "max", "last", "stddev_pop");
    for (int i = 0; i < 300; i++) {
      String window = "window: {sliding: " + (1 + i / 6) + "h, every: 30m}";
      features.append(
          feature(
              "f" + i,
              "entity: user; value: amount; aggregate: " + aggregates.get(i % 6) + "; " + window));
    }
    Payments payments =
        new Payments(folder)
            .define(features.toString())
            .load(Payments.events(new Random(6), 2_000, 48, 0))
            .observe(Payments.observations(new Random(7), 300, 48));
    Set<String> hashes = new HashSet<>();
    for (RuntimeExecutionMode mode :
        List.of(RuntimeExecutionMode.BATCH, RuntimeExecutionMode.STREAMING)) {
      Manifest manifest =
          payments.backfill(BackfillRequest.Scope.NEEDED, mode, 4, TableFormat.PARQUET).manifest();
      assertThat(filled(manifest)).isEqualTo(300);
      hashes.add(manifest.contentHash());
    }
    assertThat(hashes).hasSize(1);
  }

  private static List<ObjectNode> rows(Path table) throws IOException {
    List<ObjectNode> rows = new ArrayList<>();
    try (Stream<Path> files = Files.list(table)) {
      for (Path part : files.filter(f -> f.getFileName().toString().startsWith("part-")).toList()) {
        for (String line : Files.readAllLines(part)) {
          rows.add((ObjectNode) JSON.readTree(line));
        }
      }
    }
    rows.sort(java.util.Comparator.comparingInt(r -> r.get("row").asInt()));
    return rows;
  }

  private static void run(String... call) {
    assertThat(Plumbline.commandLine().execute(call)).as(String.join(" ", call)).isZero();
  }
}
