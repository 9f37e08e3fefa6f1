package io.plumbline.jobs.generator;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes generated logs as JSON lines that {@code import} reads: the payload's fields with {@code
 * _ingested_at}, {@code _partition} and {@code _offset}. A line that is not JSON is written as it
 * is: it has no place in the log.
 */
public final class LogFiles {
  private static final int BUFFER_BYTES = 1 << 16;

  private LogFiles() {}

  /**
   * Writes all records to {@code <folder>/<source>.jsonl} and observations to {@code
   * <folder>/observations.jsonl}, replacing what is there.
   *
   * @param observations how many; no file where 0
   * @param folder made where it is missing
   */
  public static Summary write(EventGenerator records, long observations, Path folder)
      throws IOException {
    Files.createDirectories(folder);
    Summary summary = new Summary(folder, new LinkedHashMap<>(), observations);
    Map<String, OutputStream> files = new LinkedHashMap<>();
    try {
      for (SourceProfile source : records.sources()) {
        files.put(source.name(), open(folder.resolve(source.name() + ".jsonl")));
        summary.records.put(source.name(), new EnumMap<>(RecordKind.class));
      }
      while (records.hasNext()) {
        GeneratedRecord record = records.next();
        writeLine(record, files.get(record.source()));
        summary.records.get(record.source()).merge(record.kind(), 1L, Long::sum);
      }
    } finally {
      for (OutputStream file : files.values()) {
        file.close();
      }
    }
    writeObservations(records.observations(), observations, folder);
    return summary;
  }

  private static void writeObservations(ObservationGenerator from, long count, Path folder)
      throws IOException {
    Path path = folder.resolve("observations.jsonl");
    if (count == 0) {
      Files.deleteIfExists(path);
      return;
    }
    try (OutputStream file = open(path)) {
      for (long i = 0; i < count; i++) {
        file.write(from.nextBytes());
        file.write('\n');
      }
    }
  }

  private static void writeLine(GeneratedRecord record, OutputStream file) throws IOException {
    byte[] payload = record.payload();
    if (record.kind() == RecordKind.BROKEN_JSON) {
      file.write(payload);
    } else {
      file.write(payload, 0, payload.length - 1);
      String place =
          ",\"_ingested_at\":"
              + record.ingestedAt()
              + ",\"_partition\":"
              + record.partition()
              + ",\"_offset\":"
              + record.offset()
              + "}";
      file.write(place.getBytes(StandardCharsets.US_ASCII));
    }
    file.write('\n');
  }

  private static OutputStream open(Path path) throws IOException {
    return new BufferedOutputStream(Files.newOutputStream(path), BUFFER_BYTES);
  }

  /**
   * What was written.
   *
   * @param folder where
   * @param records how many of each kind, for each source
   * @param observations how many
   */
  public record Summary(
      Path folder, Map<String, Map<RecordKind, Long>> records, long observations) {

    /** How many records admission will reject as-known, by reason. */
    public Map<String, Long> rejected(String source) {
      Map<String, Long> byReason = new TreeMap<>();
      records
          .get(source)
          .forEach(
              (kind, count) ->
                  kind.rejection().ifPresent(why -> byReason.merge(why, count, Long::sum)));
      return byReason;
    }

    /** The summary for people, several lines. */
    public String text() {
      StringBuilder text = new StringBuilder();
      records.forEach(
          (source, kinds) -> {
            long all = kinds.values().stream().mapToLong(Long::longValue).sum();
            Path file = folder.resolve(source + ".jsonl");
            text.append(String.format("%s: %d records%n", file, all));
            kinds.forEach((kind, n) -> text.append(String.format("  %-16s %d%n", label(kind), n)));
            text.append(String.format("  to be rejected: %s%n", rejected(source)));
          });
      if (observations > 0) {
        Path file = folder.resolve("observations.jsonl");
        text.append(String.format("%s: %d observations%n", file, observations));
      }
      return text.toString();
    }

    private static String label(RecordKind kind) {
      return kind.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
    }
  }
}
