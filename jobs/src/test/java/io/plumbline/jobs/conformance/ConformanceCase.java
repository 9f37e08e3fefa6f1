package io.plumbline.jobs.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.plumbline.definition.Aggregation;
import io.plumbline.definition.DefinitionLoader;
import io.plumbline.definition.Definitions;
import io.plumbline.definition.Feature;
import io.plumbline.time.Knowledge;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** One case: definitions, events, observations, and the rows that must come of them. */
public record ConformanceCase(Path folder) {
  /** Holds all cases. */
  public static final Path FOLDER = Path.of("src/test/resources/conformance");

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Fewer distinct values than that are counted exactly. */
  private static final long EXACT_DISTINCT = 100;

  /** All cases, by name. */
  public static List<ConformanceCase> all() throws IOException {
    try (Stream<Path> folders = Files.list(FOLDER)) {
      return folders.sorted().map(ConformanceCase::new).toList();
    }
  }

  /** Folder of its definitions. */
  public Path definitions() {
    return folder.resolve("defs");
  }

  /** A source's events, a line each, in no order. */
  public Path events(String source) {
    return folder.resolve("events").resolve(source + ".jsonl");
  }

  /** Its observations, a line each. */
  public Path observations() {
    return folder.resolve("observations.jsonl");
  }

  /** Its rows, by number. */
  public List<JsonNode> expected(Knowledge knowledge) throws IOException {
    return rows(folder.resolve("expected." + knowledge.label() + ".jsonl"));
  }

  Map<String, Map<String, Long>> rejected(Knowledge knowledge) throws IOException {
    Map<String, Map<String, Long>> counts = new TreeMap<>();
    JsonNode sources =
        JSON.readTree(folder.resolve("rejected." + knowledge.label() + ".json").toFile());
    sources
        .fields()
        .forEachRemaining(
            source -> {
              Map<String, Long> reasons = new TreeMap<>();
              source
                  .getValue()
                  .fields()
                  .forEachRemaining(r -> reasons.put(r.getKey(), r.getValue().asLong()));
              counts.put(source.getKey(), reasons);
            });
    return counts;
  }

  /** What a live job rejects, as-known: a log has no lines that are not JSON. */
  public Map<String, Map<String, Long>> rejectedInLog() throws IOException {
    Map<String, Map<String, Long>> counts = rejected(Knowledge.AS_KNOWN);
    for (Map.Entry<String, Map<String, Long>> source : counts.entrySet()) {
      long absent =
          Files.readAllLines(events(source.getKey())).stream()
              .filter(line -> !LiveLog.isJson(line))
              .count();
      source
          .getValue()
          .computeIfPresent(
              "malformed", (reason, n) -> n == absent ? null : Long.valueOf(n - absent));
    }
    return counts;
  }

  /** The lines of a JSON lines file, or of every part of a table, by their {@code row}. */
  public static List<JsonNode> rows(Path place) throws IOException {
    List<JsonNode> rows = new ArrayList<>();
    List<Path> parts = List.of(place);
    if (Files.isDirectory(place)) {
      try (Stream<Path> files = Files.list(place)) {
        parts = files.filter(f -> f.getFileName().toString().startsWith("part-")).toList();
      }
    }
    for (Path part : parts) {
      for (String line : Files.readAllLines(part)) {
        rows.add(JSON.readTree(line));
      }
    }
    rows.sort(Comparator.comparingLong(r -> r.get("row").asLong()));
    return rows;
  }

  /** Holds rows against what is expected: equal, numbers as numbers, or within a bound. */
  public void check(List<JsonNode> rows, Knowledge knowledge) throws IOException {
    Definitions definitions = DefinitionLoader.load(definitions());
    Map<String, Feature> features = new TreeMap<>();
    definitions.features().forEach(f -> features.put(definitions.column(f), f));
    List<JsonNode> expected = expected(knowledge);
    assertThat(rows).hasSameSizeAs(expected);
    List<String> differences = new ArrayList<>();
    for (int i = 0; i < expected.size(); i++) {
      JsonNode row = rows.get(i);
      Iterator<String> names = expected.get(i).fieldNames();
      while (names.hasNext()) {
        String name = names.next();
        JsonNode wanted = expected.get(i).get(name);
        if (!matches(features.get(name), wanted, row.get(name))) {
          differences.add("row " + i + " " + name + ": " + row.get(name) + ", not " + wanted);
        }
      }
      assertThat(row.size()).isEqualTo(expected.get(i).size());
    }
    assertThat(differences).as("%s %s", folder, knowledge).isEmpty();
  }

  /** Whether a value is what is expected of a feature: equal, or within its aggregate's bound. */
  public static boolean matches(Feature feature, JsonNode wanted, JsonNode value) {
    if (value == null || wanted.isNull() || value.isNull()) {
      return value != null && wanted.isNull() == value.isNull();
    }
    if (wanted.isArray()) {
      boolean equal = value.isArray() && value.size() == wanted.size();
      for (int i = 0; equal && i < wanted.size(); i++) {
        equal = matches(feature, wanted.get(i), value.get(i));
      }
      return equal;
    }
    if (!wanted.isNumber() || !value.isNumber()) {
      return wanted.equals(value);
    }
    double bound =
        feature instanceof Feature.Windowed windowed ? bound(windowed.aggregation(), wanted) : 0;
    if (bound == 0) {
      return wanted.decimalValue().compareTo(value.decimalValue()) == 0
          || wanted.doubleValue() == value.doubleValue() && !wanted.isIntegralNumber();
    }
    double difference = Math.abs(wanted.doubleValue() - value.doubleValue());
    return difference <= bound * Math.abs(wanted.doubleValue());
  }

  private static double bound(Aggregation aggregation, JsonNode wanted) {
    if (aggregation instanceof Aggregation.ApproxQuantile) {
      return 0.01;
    }
    if (aggregation instanceof Aggregation.ApproxDistinctCount) {
      return wanted.longValue() < EXACT_DISTINCT ? 0 : 0.08;
    }
    boolean rounded =
        aggregation instanceof Aggregation.VarPop
            || aggregation instanceof Aggregation.VarSamp
            || aggregation instanceof Aggregation.StddevPop
            || aggregation instanceof Aggregation.StddevSamp
            || aggregation instanceof Aggregation.DecayedSum
            || aggregation instanceof Aggregation.DecayedCount;
    return rounded ? 1e-9 : 0;
  }

  @Override
  public String toString() {
    return folder.getFileName().toString();
  }
}
