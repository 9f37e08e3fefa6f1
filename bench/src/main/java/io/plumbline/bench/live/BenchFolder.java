package io.plumbline.bench.live;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where things are. */
final class BenchFolder {
  private static final Path ROOT =
      Path.of(System.getProperty("plumbline.bench.root", ".")).toAbsolutePath();

  private final Path folder;

  /** A folder for a comparison's files. */
  BenchFolder(String name) {
    folder = ROOT.resolve("bench/target").resolve(name);
  }

  Path path() {
    try {
      return Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The product's. */
  static Path launcher() {
    return ROOT.resolve("scripts/plumbline");
  }

  /** Definitions of a shipped set. */
  static Path set(String name) {
    return ROOT.resolve("feature-defs/sets").resolve(name);
  }

  /** What results are put into. */
  static Path document() {
    return ROOT.resolve("docs/performance.md");
  }
}
