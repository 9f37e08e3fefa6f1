package io.plumbline.jobs.stream;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.plumbline.definition.DefinitionLoader;
import io.plumbline.definition.Source;
import io.plumbline.jobs.conformance.ConformanceCase;
import io.plumbline.jobs.decode.JsonDecoder;
import io.plumbline.jobs.decode.Malformed;
import io.plumbline.jobs.kafka.Avro;
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

/**
 * A case in topics of its own: records in their partitions, disordered as the log allows, and
 * observations in any order.
 *
 * @param definitions of the case, over these topics
 * @param observations topic
 * @param lastIngestion of all records, epoch ms
 */
record CaseLog(Path definitions, String observations, long lastIngestion) {
  /** Cases are sparse: within a second hardly any of their records would change places. */
  private static final Duration DISORDER = Duration.ofMinutes(3);

  private static final ObjectMapper JSON = new ObjectMapper();

  /** How an event becomes the value of a record. */
  private interface Encoding {
    byte[] encode(Source source, String text) throws IOException;
  }

  /** A record that is to be written. */
  private record Line(int partition, long ingestedAt, long offset, String text) {}

  /**
   * Writes a case.
   *
   * @param prefix of the topics' names
   * @param folder where to write definitions
   */
  static CaseLog json(
      ConformanceCase one, Servers servers, String prefix, Path folder, Random random)
      throws Exception {
    Path definitions = definitions(one, prefix, folder);
    return produce(
        one,
        servers,
        prefix,
        definitions,
        random,
        (source, text) -> text.getBytes(StandardCharsets.UTF_8));
  }

  /** The same in Avro; what is no event becomes a record without a byte. */
  static CaseLog avro(
      ConformanceCase one, Servers servers, String prefix, Path folder, Random random)
      throws Exception {
    Path definitions =
        LiveDefinitions.encoded(definitions(one, prefix, folder), Source.Encoding.AVRO);
    return produce(one, servers, prefix, definitions, random, CaseLog::avro);
  }

  private static byte[] avro(Source source, String text) throws IOException {
    try {
      return Avro.binary(
          new JsonDecoder(source.schema()).decode(text.getBytes(StandardCharsets.UTF_8)));
    } catch (Malformed e) {
      return new byte[0];
    }
  }

  private static Path definitions(ConformanceCase one, String prefix, Path folder)
      throws IOException {
    Path to = folder.resolve(prefix + "defs");
    return LiveDefinitions.copy(one.definitions(), to, prefix, DISORDER);
  }

  private static CaseLog produce(
      ConformanceCase one,
      Servers servers,
      String prefix,
      Path definitions,
      Random random,
      Encoding encoding)
      throws Exception {
    long last = Long.MIN_VALUE;
    for (Source source : DefinitionLoader.load(definitions).sources()) {
      List<Line> lines = disordered(lines(one.events(source.name())), random);
      int partitions = 1 + lines.stream().mapToInt(Line::partition).max().orElse(0);
      servers.kafka().createTopic(source.topic(), partitions, Servers.CREATE_TIME);
      for (Line line : lines) {
        byte[] value = encoding.encode(source, line.text);
        servers.send(source.topic(), line.partition, line.ingestedAt, value);
        last = Math.max(last, line.ingestedAt);
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
    return new CaseLog(definitions, observations, last);
  }

  /** The job that answers the case's observations. */
  LiveRun.Options options() {
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
      } catch (JsonProcessingException e) {
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
