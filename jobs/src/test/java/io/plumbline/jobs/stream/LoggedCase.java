package io.plumbline.jobs.stream;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plumbline.jobs.conformance.ConformanceCase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A case as a log can carry it. Kafka knows no times before 1970: what a case has of those happens
 * later by a multiple of all windows, so that every event stays where it was in its windows, and
 * still before all of the case's other events. That is the same case as long as no key has a
 * history on both sides of 1970.
 */
final class LoggedCase {
  /**
   * Brings the twentieth century's first half behind 1970 and all windows of a day or less along.
   */
  private static final long SHIFT_MS = Duration.ofDays(40_000).toMillis();

  /** Where cases have times as epoch ms: in events, in observations, and in answers. */
  private static final Set<String> TIMES = Set.of("_ingested_at", "happened_at", "at", "sent");

  private static final ObjectMapper JSON = new ObjectMapper();

  private LoggedCase() {}

  /**
   * @param folder where to write another version of the case, if it needs one
   */
  static ConformanceCase of(ConformanceCase one, Path folder) throws IOException {
    if (Files.readAllLines(one.observations()).stream().noneMatch(l -> l.contains("\"at\": -"))) {
      return one;
    }
    Path from = one.folder();
    Path to = folder.resolve(one.toString());
    try (Stream<Path> paths = Files.walk(from)) {
      for (Path path : paths.filter(Files::isRegularFile).toList()) {
        Path copy = to.resolve(from.relativize(path).toString());
        Files.createDirectories(copy.getParent());
        if (path.toString().endsWith(".jsonl")) {
          Files.write(copy, shifted(Files.readAllLines(path)));
        } else {
          Files.copy(path, copy);
        }
      }
    }
    return new ConformanceCase(to);
  }

  private static List<String> shifted(List<String> lines) throws IOException {
    List<String> shifted = new ArrayList<>();
    for (String line : lines) {
      shifted.add(shifted(line));
    }
    return shifted;
  }

  private static String shifted(String line) throws IOException {
    JsonNode record;
    try {
      record = JSON.readTree(line);
    } catch (JsonProcessingException e) {
      return line;
    }
    for (String field : TIMES) {
      JsonNode time = record.path(field);
      if (time.isIntegralNumber() && time.asLong() < 0) {
        ((ObjectNode) record).put(field, time.asLong() + SHIFT_MS);
      }
    }
    return record.toString();
  }
}
