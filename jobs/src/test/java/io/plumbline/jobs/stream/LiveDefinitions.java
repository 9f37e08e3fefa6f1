package io.plumbline.jobs.stream;

import io.plumbline.definition.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Definitions whose events come from topics of a test's own, with times that the test sets. */
final class LiveDefinitions {
  private LiveDefinitions() {}

  /**
   * Copies definitions so that every topic's name begins with a prefix, and ingestion times are
   * those of the log's records.
   *
   * @param disorder how far the log's times run backwards
   */
  static Path copy(Path from, Path to, String prefix, Duration disorder) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        Path copy = to.resolve(file.getFileName());
        if (file.toString().endsWith(".yaml")) {
          Files.write(
              copy,
              Files.readAllLines(file).stream().flatMap(l -> line(l, prefix, disorder)).toList());
        } else {
          Files.copy(file, copy);
        }
      }
    }
    return to;
  }

  /** Has every source's events in another encoding. */
  static Path encoded(Path definitions, Source.Encoding encoding) throws IOException {
    String named = encoding.name().toLowerCase(Locale.ROOT).replace('_', '-');
    try (Stream<Path> files = Files.list(definitions)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".yaml")).toList()) {
        String text = Files.readString(file);
        Files.writeString(file, text.replaceAll("encoding: \\S+", "encoding: " + named));
      }
    }
    return definitions;
  }

  private static Stream<String> line(String line, String prefix, Duration disorder) {
    String key = line.strip();
    if (key.startsWith("ingested_at:") || key.startsWith("log_disorder:")) {
      return Stream.empty();
    }
    if (!key.startsWith("topic:")) {
      return Stream.of(line);
    }
    String indent = line.substring(0, line.indexOf("topic:"));
    return List.of(
        indent + "topic: " + prefix + key.substring("topic:".length()).strip(),
        indent + "ingested_at: record",
        indent + "log_disorder: " + disorder.toMillis() + "ms")
        .stream();
  }
}
