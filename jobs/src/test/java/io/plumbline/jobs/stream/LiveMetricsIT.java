package io.plumbline.jobs.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.plumbline.jobs.kafka.Avro;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.Metric;
import org.apache.flink.runtime.testutils.InMemoryReporter;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every metric that docs/operations.md names is there while a job and an archive run, and counts.
 */
class LiveMetricsIT {
  private static final InMemoryReporter METRICS = InMemoryReporter.create();

  @RegisterExtension
  static final MiniClusterExtension CLUSTER =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setConfiguration(METRICS.addToConfiguration(new Configuration()))
              .setNumberTaskManagers(1)
              .setNumberSlotsPerTaskManager(2)
              .build());

  private static final Path DOCUMENT = Path.of("../docs/operations.md");

  /** A metric's name as the document writes it. */
  private static final Pattern NAME = Pattern.compile("`([A-Za-z-]+)`");

  private static final Pattern IN_PROSE = Pattern.compile("counts\\s+`(\\w+)`");

  private static final String TOPIC = "clicks";

  private static final String FIELDS =
      "{'name':'id','type':'string'},{'name':'user_id','type':'string'},"
          + "{'name':'at','type':'long'},{'name':'weight','type':['null','long'],'default':null}";

  private static final String DEFINITIONS =
      """
      sources:
        - name: click
          schema: click.avsc
          topic: clicks
          encoding: json
          event_time: at
          event_id: id
          ingested_at: log
          log_disorder: 200ms
          lateness: 1m
      entities:
        - name: user
          keys: [user_id]
      features:
        - name: heavy
          version: 1
          entity: user
          source: click
          aggregate: count
          where: weight > 1
          window: lifetime
        - name: shares
          version: 1
          entity: user
          source: click
          aggregate: sum
          value: 12 / weight
          window: lifetime
      """;

  @TempDir static Path folder;

  /**
   * A metric.
   *
   * @param value of one of its variables
   */
  private record Found(Metric metric, String value) {
    long count() {
      return ((Counter) metric).getCount();
    }

    String type() {
      if (metric instanceof Counter) {
        return "counter";
      } else if (metric instanceof Gauge) {
        return "gauge";
      }
      return metric instanceof Histogram ? "histogram" : metric.toString();
    }
  }

  @Test
  void countWhatTheDocumentSays() throws Exception {
    Path definitions = Files.createDirectories(folder.resolve("defs"));
    Files.writeString(definitions.resolve("click.avsc"), Avro.schema(FIELDS).toString());
    Files.writeString(definitions.resolve("clicks.yaml"), DEFINITIONS);
    try (Servers servers = Servers.start(folder.resolve("servers"))) {
      servers.kafka().createTopic(TOPIC, 1, Servers.APPEND_TIME);
      servers.kafka().createTopic("asked", 1, Map.of());
      try (LiveRun run =
              new LiveRun(servers, "live", LiveRun.Options.of(definitions).asking("asked"));
          ArchiveRun archive = new ArchiveRun(servers, "archive", definitions, folder, 1)) {
        run.start(LiveRun.Mode.of(1, "rocksdb"));
        send(servers);
        run.awaitWritten(System.currentTimeMillis());
        ask(servers);
        awaitCounts();
        Await.until(
            "every record in the lake",
            () -> counter("archiveRows") == 8,
            () -> counter("archiveRows"));
        assertThat(counter("archiveMalformed")).isEqualTo(2);
        assertThat(archive.complete()).isGreaterThan(Long.MIN_VALUE);
        assertThat(documented()).hasSizeGreaterThan(30);
        assertThat(registered(documented().keySet())).isEqualTo(documented());
      }
    }
  }

  /** Three that count, one of them twice, a late one, one of the future, and two that are none. */
  private void send(Servers servers) throws Exception {
    long now = System.currentTimeMillis();
    servers.send(TOPIC, 0, click("light", 0, now));
    servers.send(TOPIC, 0, click("of-no-weight", null, now));
    servers.send(TOPIC, 0, click("twice", 3, now));
    servers.send(TOPIC, 0, click("twice", 3, now));
    servers.send(TOPIC, 0, click("late", 3, now - 120_000));
    servers.send(TOPIC, 0, click("future", 3, now + 120_000));
    servers.send(TOPIC, 0, "no click");
    servers.send(TOPIC, 0, "{\"id\": \"unfinished\"}");
    servers.flush();
  }

  private static String click(String id, Integer weight, long at) {
    return String.format(
        "{\"id\": \"%s\", \"user_id\": \"u\", \"at\": %d, \"weight\": %d}", id, at, weight);
  }

  /** One in time, one too late, and one that is none. */
  private static void ask(Servers servers) throws Exception {
    long now = System.currentTimeMillis();
    servers.send("asked", 0, "{\"user_id\": \"u\", \"at\": " + (now + 500) + "}");
    servers.send("asked", 0, "{\"user_id\": \"u\", \"at\": " + (now - 600_000) + "}");
    servers.send("asked", 0, "{\"user_id\": \"u\"}");
    servers.flush();
  }

  private static void awaitCounts() throws Exception {
    Map<String, Long> rejected = Map.of("late", 1L, "future", 1L, "malformed", 2L, "duplicate", 1L);
    Await.until(
        "what is rejected",
        () -> byVariable("rejected", "<reason>").equals(rejected),
        () -> byVariable("rejected", "<reason>"));
    // A weight of null fails both, one of 0 only what is divided by it.
    Map<String, Long> failed = Map.of("heavy:v1", 1L, "shares:v1", 2L);
    Await.until(
        "what fails",
        () -> byVariable("expressionErrors", "<feature>").equals(failed),
        () -> byVariable("expressionErrors", "<feature>"));
    Await.until("one answer", () -> counter("answers") == 1);
    Await.until("one too late", () -> counter("answersTooLate") == 1);
    assertThat(counter("records")).isEqualTo(8);
    assertThat(counter("observationsMalformed")).isEqualTo(1);
    assertThat(counter("observations")).isEqualTo(2);
  }

  /** Types of our metrics by name, as the document's tables and text have them. */
  private static Map<String, String> documented() throws IOException {
    String text = Files.readString(DOCUMENT);
    String ours = text.substring(text.indexOf("\n## Metrics\n"), text.indexOf("\n### Flink's\n"));
    Map<String, String> types = new TreeMap<>();
    for (String line : ours.lines().filter(l -> l.startsWith("| `")).toList()) {
      List<String> cells = List.of(line.split("\\|"));
      String type =
          cells.stream()
              .map(cell -> cell.strip().replaceFirst(",.*", ""))
              .filter(cell -> List.of("counter", "gauge", "histogram").contains(cell))
              .findFirst()
              .orElseThrow(() -> new AssertionError("no type: " + line));
      Matcher names = NAME.matcher(cells.get(1).replaceFirst("label.*", ""));
      while (names.find()) {
        types.put(names.group(1), type);
      }
    }
    Matcher prose = IN_PROSE.matcher(ours);
    while (prose.find()) {
      types.put(prose.group(1), "counter");
    }
    return types;
  }

  /** The types of those that are registered. */
  private static Map<String, String> registered(Iterable<String> names) {
    Map<String, String> types = new TreeMap<>();
    for (String name : names) {
      named(name, "").forEach(found -> types.put(name, found.type()));
    }
    return types;
  }

  /** Metrics of a name, each with the value of a variable; empty if it has none. */
  private static List<Found> named(String name, String variable) {
    List<Found> found = new ArrayList<>();
    METRICS
        .getMetricsByGroup()
        .forEach(
            (group, metrics) -> {
              if (metrics.containsKey(name)) {
                String value = group.getAllVariables().getOrDefault(variable, "");
                found.add(new Found(metrics.get(name), value));
              }
            });
    return found;
  }

  private static long counter(String name) {
    return named(name, "").stream().mapToLong(Found::count).sum();
  }

  /** Counts by the value of a variable, without those that are 0. */
  private static Map<String, Long> byVariable(String name, String variable) {
    Map<String, Long> counts = new TreeMap<>();
    named(name, variable).forEach(found -> counts.merge(found.value, found.count(), Long::sum));
    counts.values().removeIf(count -> count == 0);
    return counts;
  }
}
