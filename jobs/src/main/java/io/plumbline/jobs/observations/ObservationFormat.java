package io.plumbline.jobs.observations;

import io.plumbline.UserError;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.zip.GZIPInputStream;

/** How observations are written. */
enum ObservationFormat {
  PARQUET("Parquet"),
  CSV("CSV"),
  JSON_LINES("JSON lines");

  private final String title;

  ObservationFormat(String title) {
    this.title = title;
  }

  /** Its name, for people. */
  String title() {
    return title;
  }

  /**
   * What the file's name says it is.
   *
   * @throws UserError if that is nothing known
   */
  static ObservationFormat of(Path path) {
    String name = path.getFileName().toString().toLowerCase(Locale.ROOT);
    String plain = isGzip(path) ? name.substring(0, name.length() - 3) : name;
    if (name.endsWith(".parquet") || name.endsWith(".pq")) {
      return PARQUET;
    }
    if (plain.endsWith(".csv")) {
      return CSV;
    }
    if (plain.endsWith(".jsonl") || plain.endsWith(".ndjson") || plain.endsWith(".json")) {
      return JSON_LINES;
    }
    throw UserError.wrongCall(
        path + ": observations are .parquet, .csv or .jsonl files, the last two also with .gz");
  }

  private static boolean isGzip(Path path) {
    return path.getFileName().toString().toLowerCase(Locale.ROOT).endsWith(".gz");
  }

  /** The text in the bytes of a file of that name. */
  static InputStream unzipped(Path path, InputStream bytes) throws IOException {
    return isGzip(path) ? new GZIPInputStream(bytes, 1 << 16) : bytes;
  }

  /** The text of a file. */
  static InputStream open(Path path) throws IOException {
    InputStream bytes = Files.newInputStream(path);
    try {
      return unzipped(path, bytes);
    } catch (IOException | RuntimeException e) {
      bytes.close();
      throw e;
    }
  }
}
