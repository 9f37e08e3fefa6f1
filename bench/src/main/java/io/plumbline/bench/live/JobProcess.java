package io.plumbline.bench.live;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The live job beside this process, and all samples that it has printed. */
final class JobProcess implements AutoCloseable {
  /** All samples as they were printed, for who wants to know what happened when. */
  private static final String TRACE = "samples.txt";

  private final PrintWriter trace;
  private final Child child;
  private final List<Sample> samples = new CopyOnWriteArrayList<>();

  /**
   * How to run it.
   *
   * @param heap of the JVM
   * @param managed memory of RocksDB
   * @param jvm further options of the JVM
   */
  record Settings(
      Path definitions,
      String backend,
      Duration checkpoints,
      int parallelism,
      String heap,
      String managed,
      List<String> jvm) {}

  JobProcess(Servers servers, Settings settings, Path folder) throws IOException {
    Files.createDirectories(folder);
    trace = new PrintWriter(Files.newBufferedWriter(folder.resolve(TRACE)), true);
    child =
        Child.java(
            LiveJob.class,
            Stream.concat(Stream.of("-Xmx" + settings.heap), settings.jvm.stream()).toList(),
            List.of(
                servers.bootstrap(),
                servers.redis(),
                settings.definitions.toString(),
                settings.backend,
                folder.resolve("checkpoints").toString(),
                Long.toString(settings.checkpoints.toMillis()),
                Integer.toString(settings.parallelism),
                settings.managed),
            folder.resolve("job.err"),
            line -> {
              if (line.startsWith(Sample.PREFIX)) {
                samples.add(Sample.parse(line));
                trace.println(line);
              }
            });
  }

  double cpuSeconds() {
    return child.cpuSeconds();
  }

  void requireAlive() {
    child.requireAlive();
  }

  /** All samples, the latest one last. */
  List<Sample> samples() {
    return samples;
  }

  /** Records that the job had read when it was last looked at. */
  long records() {
    return samples.isEmpty() ? 0 : samples.get(samples.size() - 1).count(Sampler.RECORDS);
  }

  /** Samples of a time, epoch ms: from the last before it to the last in it. */
  Stretch between(long fromMs, long toMs) {
    List<Sample> all = List.copyOf(samples);
    int first = -1;
    int last = -1;
    for (int i = 0; i < all.size(); i++) {
      if (all.get(i).timeMs() <= fromMs) {
        first = i;
      }
      if (all.get(i).timeMs() <= toMs) {
        last = i;
      }
    }
    if (first < 0 || last <= first) {
      throw new IllegalStateException("the job printed no samples");
    }
    return new Stretch(List.copyOf(all.subList(first, last + 1)));
  }

  /** The last samples, a second's worth; what a job that was held up printed last may be older. */
  Stretch lastSecond() {
    long last = samples.isEmpty() ? 0 : samples.get(samples.size() - 1).timeMs();
    return between(last - 1_000, last);
  }

  /** Starts a flight recording of the job. */
  void record() throws IOException, InterruptedException {
    jcmd("JFR.start", "name=bench", "settings=profile");
  }

  /** Ends it. */
  void endRecording(Path file) throws IOException, InterruptedException {
    jcmd("JFR.stop", "name=bench", "filename=" + file);
  }

  private void jcmd(String... words) throws IOException, InterruptedException {
    Path tool = Path.of(System.getProperty("java.home"), "bin", "jcmd");
    ProcessBuilder builder = new ProcessBuilder(tool.toString(), Long.toString(child.pid()));
    builder.command().addAll(List.of(words));
    Process process = builder.redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(1, TimeUnit.MINUTES) || process.exitValue() != 0) {
      throw new IOException(String.join(" ", words) + ": " + said);
    }
  }

  @Override
  public void close() {
    child.close();
    trace.close();
  }
}
