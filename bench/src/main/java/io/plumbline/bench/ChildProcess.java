package io.plumbline.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Runs a JVM of its own and measures it from outside. */
public final class ChildProcess {
  private static final long POLL_MS = 50;
  private static final String PEAK = "VmHWM:";

  /**
   * What a process took.
   *
   * @param seconds from its start to its end
   * @param cpuSeconds processor time, of all threads
   * @param peakBytes the most memory it ever had resident; like the processor time as the kernel
   *     counted shortly before the end, and 0 on systems without {@code /proc}
   * @param output what it printed to standard output
   */
  public record Outcome(double seconds, double cpuSeconds, long peakBytes, String output) {}

  private record Usage(double cpuSeconds, long peakBytes) {}

  private ChildProcess() {}

  /**
   * Runs a main class to its end.
   *
   * @param log file that takes what the process prints
   * @throws IOException if it fails, with where to look
   */
  public static Outcome java(
      String classPath, List<String> options, String main, List<String> arguments, Path log)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.addAll(List.of("-cp", classPath, main));
    command.addAll(arguments);
    return run(command, Map.of(), log);
  }

  /**
   * Runs a command to its end.
   *
   * @param environment what its environment has beside this one's
   * @param log file that takes what the process prints
   * @throws IOException if it fails, with where to look
   */
  public static Outcome run(List<String> command, Map<String, String> environment, Path log)
      throws IOException {
    Files.createDirectories(log.getParent());
    Path errors = log.resolveSibling(log.getFileName() + ".err");
    long started = System.nanoTime();
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(log.toFile()).redirectError(errors.toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    Usage usage = follow(process);
    double seconds = (System.nanoTime() - started) / 1e9;
    if (process.exitValue() != 0) {
      throw new IOException(command + " ended with " + process.exitValue() + "; see " + errors);
    }
    return new Outcome(seconds, usage.cpuSeconds, usage.peakBytes, Files.readString(log));
  }

  /** Waits for the end; destroys the process if this one is told to stop. */
  private static Usage follow(Process process) throws IOException {
    Path status = Path.of("/proc", Long.toString(process.pid()), "status");
    long peak = 0;
    double cpu = 0;
    try {
      do {
        peak = Math.max(peak, peakBytes(status));
        Optional<Duration> spent = process.info().totalCpuDuration();
        cpu = Math.max(cpu, spent.map(d -> d.toNanos() / 1e9).orElse(0.0));
      } while (!process.waitFor(POLL_MS, TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      process.destroy();
    }
    return new Usage(cpu, peak);
  }

  private static long peakBytes(Path status) {
    try {
      for (String line : Files.readAllLines(status)) {
        if (line.startsWith(PEAK)) {
          return Long.parseLong(line.replaceAll("\\D", "")) << 10;
        }
      }
    } catch (IOException e) {
      // The process has ended, or there is no /proc.
      return 0;
    }
    return 0;
  }
}
