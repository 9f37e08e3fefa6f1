package io.plumbline.bench.live;

import io.plumbline.bench.Folders;
import io.plumbline.definition.DefinitionBundle;
import io.plumbline.jobs.archive.Archive;
import io.plumbline.jobs.archive.ArchiveRequest;
import io.plumbline.jobs.kafka.KafkaSettings;
import io.plumbline.jobs.kafka.LogStart;
import io.plumbline.jobs.kafka.RegistrySettings;
import io.plumbline.jobs.stream.KafkaLogs;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.io.LocalInputFile;

/**
 * Archives a topic again and again in one process: by the product and by {@link PlainArchive} in
 * turn, each until readers can see every record. The first run of each warms up.
 */
public final class ArchiveRuns {
  /** What a line with a result starts with: name, seconds, processor seconds, bytes, files. */
  static final String PREFIX = "archived ";

  static final String OURS = "ours";
  static final String PLAIN = "plain";

  private static final long LOOK_MS = 100;
  private static final Duration AT_EACH_CHECKPOINT = Duration.ofMillis(1);

  private final String bootstrap;
  private final Path definitions;
  private final Path folder;
  private final long records;
  private final LocalFlink.Settings settings;

  private ArchiveRuns(
      String bootstrap, Path definitions, Path folder, long records, LocalFlink.Settings settings) {
    this.bootstrap = bootstrap;
    this.definitions = definitions;
    this.folder = folder;
    this.records = records;
    this.settings = settings;
  }

  /**
   * @param arguments Kafka, definitions, folder, records in the topic, runs of each, checkpoint
   *     interval in ms, parallelism
   */
  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[2]);
    ArchiveRuns runs =
        new ArchiveRuns(
            arguments[0],
            Path.of(arguments[1]),
            folder,
            Long.parseLong(arguments[3]),
            new LocalFlink.Settings(
                "hashmap",
                folder.resolve("checkpoints"),
                Duration.ofMillis(Long.parseLong(arguments[5])),
                Integer.parseInt(arguments[6]),
                "64m"));
    for (int run = 0; run <= Integer.parseInt(arguments[4]); run++) {
      for (String name : List.of(OURS, PLAIN)) {
        String result = runs.run(name);
        System.out.println((run == 0 ? "warm-up " : PREFIX) + name + " " + result);
      }
    }
    System.exit(0);
  }

  private String run(String name) throws Exception {
    Path lake = folder.resolve(name);
    Folders.delete(lake);
    Files.createDirectories(lake);
    StreamExecutionEnvironment env = LocalFlink.environment(settings);
    long started = System.nanoTime();
    long cpu = cpuNanos();
    if (name.equals(OURS)) {
      Archive.define(
          new ArchiveRequest(
              definitions,
              Set.of(),
              lake,
              ArchiveRequest.ROLL_BYTES,
              AT_EACH_CHECKPOINT,
              settings.interval()),
          env,
          new KafkaLogs(
              KafkaSettings.of(bootstrap),
              RegistrySettings.none(),
              new LogStart.Earliest(),
              "archive"));
    } else {
      PlainArchive.define(env, bootstrap, DefinitionBundle.read(definitions), lake);
    }
    JobClient job = env.executeAsync(name);
    Map<Path, Long> files = awaitAll(lake, job);
    double seconds = (System.nanoTime() - started) / 1e9;
    double busy = (cpuNanos() - cpu) / 1e9;
    job.cancel().get(1, TimeUnit.MINUTES);
    long bytes = 0;
    for (Path file : files.keySet()) {
      bytes += Files.size(file);
    }
    return seconds + " " + busy + " " + bytes + " " + files.size();
  }

  private static long cpuNanos() {
    return ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class)
        .getProcessCpuTime();
  }

  private Map<Path, Long> awaitAll(Path lake, JobClient job) throws Exception {
    Map<Path, Long> rows = new HashMap<>();
    while (true) {
      for (Path file : visible(lake)) {
        if (!rows.containsKey(file)) {
          rows.put(file, rows(file));
        }
      }
      long seen = rows.values().stream().mapToLong(Long::longValue).sum();
      if (seen > records) {
        throw new IllegalStateException(lake + " holds " + seen + " rows, not " + records);
      }
      if (seen == records) {
        return rows;
      }
      if (job.getJobStatus().get().isGloballyTerminalState()) {
        job.getJobExecutionResult().get();
      }
      TimeUnit.MILLISECONDS.sleep(LOOK_MS);
    }
  }

  private static List<Path> visible(Path lake) throws IOException {
    try (Stream<Path> files = Files.walk(lake)) {
      return files
          .filter(file -> file.toString().endsWith(".parquet"))
          .filter(file -> isVisible(lake.relativize(file)))
          .toList();
    }
  }

  private static boolean isVisible(Path path) {
    for (Path part : path) {
      if (part.toString().startsWith(".") || part.toString().startsWith("_")) {
        return false;
      }
    }
    return true;
  }

  private static long rows(Path file) throws IOException {
    try (ParquetFileReader reader = ParquetFileReader.open(new LocalInputFile(file))) {
      return reader.getRecordCount();
    }
  }
}
