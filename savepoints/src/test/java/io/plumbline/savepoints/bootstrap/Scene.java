package io.plumbline.savepoints.bootstrap;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.plumbline.definition.DefinitionLoader;
import io.plumbline.definition.Definitions;
import io.plumbline.definition.Source;
import io.plumbline.jobs.archive.Archive;
import io.plumbline.jobs.archive.ArchiveRequest;
import io.plumbline.jobs.backfill.Backfill;
import io.plumbline.jobs.backfill.BackfillRequest;
import io.plumbline.jobs.generator.EventGenerator;
import io.plumbline.jobs.generator.GeneratedRecord;
import io.plumbline.jobs.generator.GeneratorOptions;
import io.plumbline.jobs.kafka.KafkaSettings;
import io.plumbline.jobs.kafka.LogStart;
import io.plumbline.jobs.kafka.RegistrySettings;
import io.plumbline.jobs.lake.Completeness;
import io.plumbline.jobs.stream.KafkaLogs;
import io.plumbline.jobs.table.TableFormat;
import io.plumbline.time.Knowledge;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * A set's events of some hours, dirt included, in a log and in the lake that was archived of it.
 */
final class Scene {
  /** The generator's second, and some more. */
  static final Duration DISORDER = Duration.ofSeconds(3);

  static final int PARTITIONS = 3;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Servers servers;
  private final String set;
  private final Path folder;
  private final Path definitions;
  private final List<Placed> records = new ArrayList<>();
  private final Map<String, Long> offsets = new HashMap<>();

  /** A record and where in its topic it lies. */
  record Placed(GeneratedRecord record, long offset) {
    /** The event's id; empty if it cannot be read. */
    Optional<String> id(Source source) {
      try {
        JsonNode event = JSON.readTree(record.payload());
        return Optional.ofNullable(event.path(source.eventId().orElseThrow()).textValue());
      } catch (IOException e) {
        return Optional.empty();
      }
    }
  }

  Scene(Servers servers, String set, Path folder) throws Exception {
    this.servers = servers;
    this.set = set;
    this.folder = folder;
    definitions = define(set + "-");
  }

  /** Logs what happens in some hours until now. */
  Scene log(long seed, Duration history, double rate) throws Exception {
    long now = System.currentTimeMillis();
    EventGenerator events =
        EventGenerator.of(
            set,
            GeneratorOptions.defaults()
                .withSeed(seed)
                .withSchedule(
                    new GeneratorOptions.Schedule(
                        now - history.toMillis(), now, Long.MAX_VALUE, rate, 0, 0))
                .withKeys(new GeneratorOptions.Keys(300, 1, PARTITIONS)));
    Map<String, Source> sources = sources(definitions);
    while (events.hasNext()) {
      GeneratedRecord record = events.next();
      if (record.ingestedAt() < now) {
        Source source = sources.get(record.source());
        String place = record.source() + " " + record.partition();
        records.add(new Placed(record, offsets.merge(place, 1L, Long::sum) - 1));
        send(source.topic(), record);
      }
    }
    servers.flush();
    return this;
  }

  /**
   * The same definitions for topics of another prefix, which are made.
   *
   * @param prefix of the topics' names
   */
  Path define(String prefix) throws IOException {
    return define(prefix, DISORDER);
  }

  /** The same, for logs whose times are taken to run backwards by more. */
  Path define(String prefix, Duration disorder) throws IOException {
    Path to = Files.createDirectories(folder.resolve("defs-" + prefix));
    try (Stream<Path> files = Files.list(Path.of("../feature-defs/sets", set))) {
      for (Path file : files.toList()) {
        String text = Files.readString(file);
        if (file.toString().endsWith(".yaml")) {
          text =
              text.replace("ingested_at: log", "ingested_at: record")
                  .replaceAll("log_disorder: \\S+", "log_disorder: " + disorder.toMillis() + "ms")
                  .replace("topic: ", "topic: " + prefix);
        }
        Files.writeString(to.resolve(file.getFileName()), text);
      }
    }
    for (Source source : sources(to).values()) {
      servers.kafka().createTopic(source.topic(), PARTITIONS, Servers.CREATE_TIME);
    }
    return to;
  }

  /** Logs some of the records again, elsewhere. */
  void copy(Path to, Predicate<Placed> chosen) throws Exception {
    Map<String, Source> sources = sources(to);
    for (Placed placed : records) {
      if (chosen.test(placed)) {
        send(sources.get(placed.record.source()).topic(), placed.record);
      }
    }
    servers.flush();
  }

  private void send(String topic, GeneratedRecord record) {
    servers.send(topic, record.partition(), record.ingestedAt(), record.payload());
  }

  static Map<String, Source> sources(Path definitions) {
    Map<String, Source> sources = new HashMap<>();
    DefinitionLoader.load(definitions).sources().forEach(s -> sources.put(s.name(), s));
    return sources;
  }

  /** Archives the log, as far as it goes. */
  Path archive() throws Exception {
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.getExecutionEnvironment(new Configuration());
    env.setParallelism(1);
    Path lake = lake();
    ArchiveRequest request =
        new ArchiveRequest(
            definitions, Set.of(), lake, 64 << 10, Duration.ofMillis(300), Duration.ofMillis(300));
    KafkaLogs logs =
        new KafkaLogs(
            KafkaSettings.of(servers.kafka().bootstrap()),
            RegistrySettings.none(),
            new LogStart.Earliest(),
            "archive-" + set);
    JobClient job = Archive.start(request, env, logs);
    for (String source : sources(definitions).keySet()) {
      Servers.await(
          "the archive of " + source,
          () ->
              Completeness.isPublished(lake, source)
                  && Completeness.of(lake, source).knowledgeTimeMs() > last());
    }
    job.cancel().get(30, TimeUnit.SECONDS);
    return lake;
  }

  /** Rows of a table over the whole lake, by their number. */
  List<JsonNode> backfill(Path observations) throws Exception {
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.getExecutionEnvironment(new Configuration());
    env.setParallelism(1);
    BackfillRequest request =
        new BackfillRequest(
            definitions,
            Optional.empty(),
            lake(),
            observations,
            "at",
            folder.resolve("tables"),
            "features",
            Optional.empty(),
            Knowledge.AS_KNOWN,
            BackfillRequest.Scope.ALL,
            BackfillRequest.Required.WHATEVER_IS_THERE,
            TableFormat.JSON_LINES);
    Path table = Backfill.run(request, env, RuntimeExecutionMode.BATCH, (p, j) -> {}).snapshot();
    List<JsonNode> rows = new ArrayList<>();
    try (Stream<Path> parts = Files.list(table)) {
      for (Path part : parts.filter(f -> f.getFileName().toString().startsWith("part-")).toList()) {
        for (String line : Files.readAllLines(part, StandardCharsets.UTF_8)) {
          rows.add(JSON.readTree(line));
        }
      }
    }
    rows.sort(Comparator.comparingLong(r -> r.get("row").asLong()));
    return rows;
  }

  Path lake() {
    return folder.resolve("lake");
  }

  Path folder() {
    return folder;
  }

  Path definitions() {
    return definitions;
  }

  Definitions loaded() {
    return DefinitionLoader.load(definitions);
  }

  List<Placed> records() {
    return records;
  }

  /** When the first record was ingested, epoch ms. */
  long first() {
    return records.stream().mapToLong(r -> r.record.ingestedAt()).min().orElseThrow();
  }

  /** When the last record was, epoch ms. */
  long last() {
    return records.stream().mapToLong(r -> r.record.ingestedAt()).max().orElseThrow();
  }
}
