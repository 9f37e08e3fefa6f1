package io.plumbline.bench.live;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A process that runs beside this one until it is closed, and whose processor time is known. */
public final class Child implements AutoCloseable {
  private static final long STOP_SECONDS = 60;

  private final Process process;
  private final Path errors;
  private final Thread reader;
  private final Thread hook;

  private Child(Process process, Path errors, Consumer<String> lines) {
    this.process = process;
    this.errors = errors;
    reader = new Thread(() -> read(lines), "output of " + process.pid());
    reader.setDaemon(true);
    reader.start();
    hook = new Thread(process::destroyForcibly, "end of " + process.pid());
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /**
   * Starts a command.
   *
   * @param environment what its environment has beside this one's
   * @param errors file that takes its standard error
   * @param lines takes each line of its standard output, in a thread of its own
   */
  public static Child start(
      List<String> command, Map<String, String> environment, Path errors, Consumer<String> lines)
      throws IOException {
    Files.createDirectories(errors.getParent());
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors.toFile());
    builder.environment().putAll(environment);
    return new Child(builder.start(), errors, lines);
  }

  /** Starts a main class of this program. */
  static Child java(
      Class<?> main,
      List<String> options,
      List<String> arguments,
      Path errors,
      Consumer<String> lines)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    for (String opened : List.of("java.lang", "java.util", "java.nio")) {
      command.add("--add-opens=java.base/" + opened + "=ALL-UNNAMED");
    }
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(arguments);
    return start(command, Map.of(), errors, lines);
  }

  private void read(Consumer<String> lines) {
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      in.lines().forEach(lines);
    } catch (IOException | UncheckedIOException e) {
      // The process was ended while it wrote.
      return;
    }
  }

  long pid() {
    return process.pid();
  }

  /** Processor time so far in seconds, of all threads, without its own children. */
  public double cpuSeconds() {
    return cpuSeconds(process.toHandle());
  }

  /** Processor time so far in seconds, of its children. */
  double childrensCpuSeconds() {
    return process.descendants().mapToDouble(Child::cpuSeconds).sum();
  }

  private static double cpuSeconds(ProcessHandle handle) {
    return handle.info().totalCpuDuration().map(Duration::toNanos).orElse(0L) / 1e9;
  }

  /**
   * Makes sure that it runs.
   *
   * @throws IllegalStateException if it does not, with where to look
   */
  public void requireAlive() {
    if (!process.isAlive()) {
      throw new IllegalStateException(
          "a process ended with " + process.exitValue() + "; see " + errors);
    }
  }

  /** Waits until it ends by itself, and until all that it printed is taken. */
  void await() throws InterruptedException {
    int exit = process.waitFor();
    reader.join();
    if (exit != 0) {
      throw new IllegalStateException("a process ended with " + exit + "; see " + errors);
    }
  }

  /** Tells it to end, and waits until it has. */
  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
      reader.join(TimeUnit.SECONDS.toMillis(STOP_SECONDS));
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    Runtime.getRuntime().removeShutdownHook(hook);
  }
}
