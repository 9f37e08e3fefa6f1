package io.plumbline.savepoints;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Random;
import java.util.stream.Stream;

/** What may befall a savepoint's files. */
final class Damage {
  private Damage() {}

  /** Copies a savepoint into a folder. */
  static Path copy(Path savepoint, Path into, String name) throws IOException {
    Path to = into.resolve(savepoint.getFileName() + "-" + name);
    try (Stream<Path> files = Files.walk(savepoint)) {
      for (Path file : files.toList()) {
        Path target = to.resolve(savepoint.relativize(file).toString());
        Files.createDirectories(target.getParent());
        Files.copy(file, target);
      }
    }
    return to;
  }

  /** Sets an int behind each place where some bytes are, or behind the beginning of the file. */
  static void patch(Path file, byte[] mark, int behind, int value) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    for (int at = 0; at + behind + 4 <= bytes.length; at++) {
      boolean found = true;
      for (int i = 0; i < mark.length && found; i++) {
        found = bytes[at + i] == mark[i];
      }
      if (found) {
        ByteBuffer.wrap(bytes).putInt(at + behind, value);
      }
    }
    Files.write(file, bytes);
  }

  /** Puts noise in the place of everything but the metadata. */
  static void scramble(Path savepoint) throws IOException {
    Random random = new Random(3);
    try (Stream<Path> files = Files.list(savepoint)) {
      for (Path file : files.filter(f -> !f.endsWith("_metadata")).toList()) {
        byte[] bytes = Files.readAllBytes(file);
        random.nextBytes(bytes);
        Files.write(file, bytes);
      }
    }
  }

  /** The largest of a savepoint's files but the metadata. */
  static Path largest(Path savepoint) throws IOException {
    try (Stream<Path> files = Files.walk(savepoint)) {
      return files
          .filter(file -> Files.isRegularFile(file) && !file.endsWith("_metadata"))
          .max(Comparator.comparingLong(file -> file.toFile().length()))
          .orElseThrow();
    }
  }
}
