package io.plumbline.bench.windows;

import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Runs one trial in a JVM of its own: reads it from one file and writes its result to another. */
public final class TrialRun {
  private TrialRun() {}

  public static void main(String[] files) throws Exception {
    Trial trial = (Trial) read(Path.of(files[0]));
    LocalRun.Outcome outcome = LocalRun.run(trial, Progress.Keep.COUNT);
    write(Path.of(files[1]), outcome.result());
    // Flink leaves threads behind.
    System.exit(0);
  }

  static Object read(Path file) throws IOException {
    try (ObjectInputStream in = new ObjectInputStream(Files.newInputStream(file))) {
      return in.readObject();
    } catch (ClassNotFoundException e) {
      throw new IOException(file + " was written by another program", e);
    }
  }

  static void write(Path file, Object object) throws IOException {
    try (ObjectOutputStream out = new ObjectOutputStream(Files.newOutputStream(file))) {
      out.writeObject(object);
    }
  }
}
