package io.plumbline.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plumbline.jobs.app.Plumbline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** What a backfill in this process makes of a log of payments. */
final class Reference {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path dir;
  private final Path definitions;

  /**
   * @param dir of its own, for a lake and tables
   */
  Reference(Path dir, Path definitions) throws IOException {
    this.dir = Files.createDirectories(dir);
    this.definitions = definitions;
  }

  /** Puts a log into the lake. */
  void importLog(List<ConsumerRecord<byte[], byte[]>> log) throws IOException {
    Path file = dir.resolve("payments.jsonl");
    List<String> lines = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> record : log) {
      try {
        ObjectNode line = (ObjectNode) JSON.readTree(record.value());
        line.put("_ingested_at", record.timestamp());
        line.put("_partition", record.partition());
        line.put("_offset", record.offset());
        lines.add(line.toString());
      } catch (JsonProcessingException e) {
        // Rejected in every mode, and of no consequence for any value.
      }
    }
    Files.write(file, lines);
    String rejects = dir.resolve("rejects.jsonl").toString();
    plumbline("import", "--source", "payment", "--input", file.toString(), "--rejects", rejects);
  }

  /** The rows of observations, by their {@code row}. */
  SortedMap<Long, JsonNode> backfill(List<String> questions) throws IOException {
    Path file = dir.resolve("questions.jsonl");
    Files.write(file, questions);
    plumbline(
        "backfill",
        "--observations",
        file.toString(),
        "--out",
        dir.resolve("tables").toString(),
        "--snapshot",
        "reference",
        "--format",
        "jsonl",
        "--parallelism",
        "1");
    return rows(dir.resolve("tables/features/reference"));
  }

  private void plumbline(String verb, String... more) {
    List<String> arguments = new ArrayList<>(List.of(verb, "--defs", definitions.toString()));
    arguments.addAll(List.of("--lake", dir.resolve("lake").toString()));
    arguments.addAll(List.of(more));
    assertThat(Plumbline.commandLine().execute(arguments.toArray(String[]::new))).isZero();
  }

  /** The rows of a snapshot of JSON lines, by the observation's {@code row}. */
  static SortedMap<Long, JsonNode> rows(Path snapshot) throws IOException {
    SortedMap<Long, JsonNode> rows = new TreeMap<>();
    try (Stream<Path> parts = Files.list(snapshot)) {
      for (Path part : parts.filter(p -> p.toString().endsWith(".jsonl")).toList()) {
        for (String line : Files.readAllLines(part)) {
          JsonNode row = JSON.readTree(line);
          rows.put(row.path("row").asLong(), row);
        }
      }
    }
    return rows;
  }
}
