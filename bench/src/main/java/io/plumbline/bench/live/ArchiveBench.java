package io.plumbline.bench.live;

import io.plumbline.bench.Document;
import io.plumbline.bench.Machine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.ToDoubleFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code archive}: from Kafka into the lake, beside Flink's own connectors. */
@Command(
    name = "archive",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Archives a topic of payments with Plumbline and with a plain Flink job from Kafka to",
      "Parquet files, in turn, until every record can be read."
    })
public final class ArchiveBench implements Callable<Integer> {
  private static final int TEMPLATES = 100_000;
  private static final int KEYS = 100_000;

  @Option(names = "--quick", description = "100,000 events, one run: to see that it works")
  private boolean quick;

  @Option(names = "--events", description = "4,000,000 if not given")
  private Long events;

  @Option(
      names = "--runs",
      defaultValue = "3",
      description = "medians of so many (${DEFAULT-VALUE})")
  private int runs;

  @Option(
      names = "--checkpoint-interval-ms",
      defaultValue = "10000",
      description = "of both (${DEFAULT-VALUE})")
  private int checkpointMs;

  @Option(names = "--parallelism", defaultValue = "2", description = "(${DEFAULT-VALUE})")
  private int parallelism;

  @Option(names = "--heap", defaultValue = "2g", description = "of the jobs (${DEFAULT-VALUE})")
  private String heap;

  @Option(names = "--write", description = "put the results into docs/performance.md")
  private boolean write;

  private final BenchFolder place = new BenchFolder("archive");
  private final List<Run> results = new CopyOnWriteArrayList<>();

  private record Run(String name, double seconds, double cpuSeconds, double bytes, double files) {
    static Run parse(String line) {
      String[] words = line.substring(ArchiveRuns.PREFIX.length()).split(" ", 0);
      return new Run(
          words[0],
          Double.parseDouble(words[1]),
          Double.parseDouble(words[2]),
          Double.parseDouble(words[3]),
          Double.parseDouble(words[4]));
    }
  }

  @Override
  public Integer call() throws Exception {
    if (quick) {
      runs = 1;
    }
    if (events == null) {
      events = quick ? 100_000L : 4_000_000L;
    }
    String machine = Machine.describe();
    Path definitions = BenchFolder.set("payments");
    long bytes;
    try (Servers servers = Servers.start(BenchFolder.launcher(), definitions, 4, place.path())) {
      PaymentTemplates templates = new PaymentTemplates(1, TEMPLATES, KEYS, 1.0, 4);
      try (LoadGenerator load = new LoadGenerator(servers.bootstrap(), LiveRun.TOPIC, templates)) {
        bytes = load.fill(events);
      }
      archive(servers, definitions);
    }
    String text = markdown(machine, bytes);
    System.out.print(text);
    if (write) {
      Document.put(BenchFolder.document(), "Live", "bench archive", text);
    }
    return 0;
  }

  private void archive(Servers servers, Path definitions) throws IOException, InterruptedException {
    try (Child child =
        Child.java(
            ArchiveRuns.class,
            List.of("-Xmx" + heap),
            List.of(
                servers.bootstrap(),
                definitions.toString(),
                place.path().toString(),
                Long.toString(events),
                Integer.toString(runs),
                Integer.toString(checkpointMs),
                Integer.toString(parallelism)),
            place.path().resolve("archive.err"),
            this::line)) {
      child.await();
    }
  }

  private void line(String line) {
    System.err.println(line);
    if (line.startsWith(ArchiveRuns.PREFIX)) {
      results.add(Run.parse(line));
    }
  }

  private String markdown(String machine, long bytes) {
    StringBuilder text = new StringBuilder(machine).append('\n');
    text.append(
        String.format(
            Locale.ROOT,
            "%,d payments, %,.0f MB of values, 4 partitions; %d tasks, a checkpoint and files every"
                + " %.0f s, SNAPPY; from the job's start until all can be read; medians of %d after a"
                + " warm-up, in turn.%n%n",
            events,
            bytes / 1e6,
            parallelism,
            checkpointMs / 1e3,
            runs));
    text.append(
        "| | wall s | MB/s | events/s | processor s | events per processor second | files | MB of"
            + " files |\n|---|---:|---:|---:|---:|---:|---:|---:|\n");
    row(text, "Plumbline", ArchiveRuns.OURS, bytes);
    row(text, "Flink, KafkaSource to FileSink", ArchiveRuns.PLAIN, bytes);
    text.append(
        String.format(
            Locale.ROOT,
            "%n- Plumbline / plain: %.2f of the time, %.2f of the processor time%n",
            median(ArchiveRuns.OURS, Run::seconds) / median(ArchiveRuns.PLAIN, Run::seconds),
            median(ArchiveRuns.OURS, Run::cpuSeconds)
                / median(ArchiveRuns.PLAIN, Run::cpuSeconds)));
    return text.toString();
  }

  private void row(StringBuilder text, String label, String name, long bytes) {
    double seconds = median(name, Run::seconds);
    double busy = median(name, Run::cpuSeconds);
    text.append(
        String.format(
            Locale.ROOT,
            "| %s | %.1f | %.1f | %,.0f | %.1f | %,.0f | %.0f | %.1f |%n",
            label,
            seconds,
            bytes / 1e6 / seconds,
            events / seconds,
            busy,
            events / busy,
            median(name, Run::files),
            median(name, Run::bytes) / 1e6));
  }

  private double median(String name, ToDoubleFunction<Run> of) {
    double[] sorted =
        results.stream().filter(run -> run.name.equals(name)).mapToDouble(of).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
