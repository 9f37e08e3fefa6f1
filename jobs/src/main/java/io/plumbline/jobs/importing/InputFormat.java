package io.plumbline.jobs.importing;

import io.plumbline.UserError;
import java.nio.file.Path;
import java.util.Locale;

/** How an input is written. */
public enum InputFormat {
  /** One JSON object on each line. */
  JSONL,
  /** Comma-separated, with a header. */
  CSV,
  PARQUET;

  /**
   * The format of a name, in upper or lower case.
   *
   * @throws UserError if there is none
   */
  public static InputFormat named(String name) {
    for (InputFormat format : values()) {
      if (format.name().equalsIgnoreCase(name)) {
        return format;
      }
    }
    throw UserError.wrongCall("--format " + name + ": must be jsonl, csv or parquet");
  }

  /**
   * The format that a file's name says, compressed or not.
   *
   * @throws UserError if it says none
   */
  public static InputFormat of(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    String bare = name.endsWith(".gz") ? name.substring(0, name.length() - 3) : name;
    if (bare.endsWith(".jsonl") || bare.endsWith(".json") || bare.endsWith(".ndjson")) {
      return JSONL;
    }
    if (bare.endsWith(".csv")) {
      return CSV;
    }
    if (bare.endsWith(".parquet")) {
      return PARQUET;
    }
    throw UserError.wrongCall(
        file + ": its name does not say what it is; add --format jsonl, csv or parquet");
  }
}
