package io.plumbline.bench.savepoints;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.plumbline.bench.ChildProcess;
import io.plumbline.bench.Document;
import io.plumbline.bench.FeatureChoice;
import io.plumbline.bench.Folders;
import io.plumbline.bench.Machine;
import io.plumbline.bench.Workload;
import io.plumbline.bench.WorkloadWriter;
import io.plumbline.bench.live.Servers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bootstrap}: a savepoint from the lake, beside a live job that reads the same log. */
@Command(
    name = "bootstrap",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Makes the state of ten features from the lake, and by a live job from Kafka that reads the",
      "same events; then starts a live job from the savepoint. Some keys' values of both live jobs",
      "are compared with a training table."
    })
public final class BootstrapBench implements Callable<Integer> {
  private static final Path ROOT =
      Path.of(System.getProperty("plumbline.bench.root", ".")).toAbsolutePath();
  private static final Workload QUICK = new Workload(500_000, 1_000, 10_000);
  private static final String TOPIC = "purchases";
  private static final String ENTITY = "user";
  private static final String KEY = "user_id";
  private static final int CHECKED_KEYS = 500;
  private static final int QUICK_SECONDS = 20;
  private static final int QUICK_WARM_UP = 5;

  /** The lake's last hours are left to the log, so that jobs have something to go on with. */
  private static final Duration LEFT_TO_THE_LOG = Duration.ofHours(6);

  /** What {@code log_disorder} is unless definitions say otherwise. */
  private static final long DISORDER_MS = 1_000;

  private static final long UNTIL_MS = WorkloadWriter.END_MS - LEFT_TO_THE_LOG.toMillis();

  /** What a savepoint that is made of all until {@link #UNTIL_MS} knows, epoch ms. */
  private static final long KNOWN_MS = UNTIL_MS - DISORDER_MS;

  @Option(names = "--quick", description = "half a million events, 20 s of replay, one run")
  private boolean quick;

  @Option(names = "--full", description = "let the replay read all, which takes long")
  private boolean full;

  @Option(
      names = "--minutes",
      defaultValue = "4",
      description = "of replay, once warm, that its rate is taken from (${DEFAULT-VALUE})")
  private double minutes;

  @Option(
      names = "--warm-up",
      defaultValue = "60",
      description = "seconds of replay before that (${DEFAULT-VALUE})")
  private double warmUpSeconds;

  @Option(
      names = "--runs",
      defaultValue = "3",
      description = "bootstraps, of which the middle one counts (${DEFAULT-VALUE})")
  private int runs;

  @Option(names = "--parallelism", defaultValue = "2", description = "of each (${DEFAULT-VALUE})")
  private int parallelism;

  @Option(names = "--heap", defaultValue = "2g", description = "of each (${DEFAULT-VALUE})")
  private String heap;

  @Option(
      names = "--managed-memory",
      defaultValue = "512m",
      description = "of each (${DEFAULT-VALUE})")
  private String managed;

  @Option(names = "--write", description = "put the results into docs/performance.md")
  private boolean write;

  private final Path work = ROOT.resolve("bench/target/bootstrap");
  private final String launcher = ROOT.resolve("scripts/plumbline").toString();

  @Override
  public Integer call() throws IOException, InterruptedException {
    String machine = Machine.describe();
    Workload workload = quick ? QUICK : Workload.LARGE;
    if (quick) {
      runs = 1;
      minutes = QUICK_SECONDS / 60.0;
      warmUpSeconds = QUICK_WARM_UP;
    }
    Folders.delete(work);
    Files.createDirectories(work);
    Path lake = WorkloadWriter.provide(workload, ROOT.resolve("bench/target/backfill")).lake();
    Path definitions = definitions();
    BootstrapReport report;
    try (Servers servers =
        Servers.start(Path.of(launcher), definitions, WorkloadWriter.PARTITIONS, work)) {
      PurchaseLog log = PurchaseLog.fill(servers.bootstrap(), TOPIC, lake);
      say("the log is filled");
      BootstrapReport.Made made = bootstrap(definitions, lake);
      try (SampleCheck check = new SampleCheck(servers.redis(), ENTITY, KEY)) {
        BootstrapReport.Replayed replayed = replay(servers, definitions, log, made);
        check.take("replay", workload.keys(), CHECKED_KEYS);
        StreamRun.Seen served = serve(servers, definitions, check, made);
        check.take("serve", workload.keys(), CHECKED_KEYS);
        long compared = check.requireEqual(backfill(definitions, lake), environment(), check());
        report = new BootstrapReport(workload, parallelism, heap, made, replayed, served, compared);
      }
    }
    String text = machine + "\n" + report.markdown();
    System.out.print(text);
    if (write) {
      Document.put(ROOT.resolve("docs/performance.md"), "Savepoints", "bench bootstrap", text);
    }
    return 0;
  }

  private Path check() {
    return work.resolve("check");
  }

  /** The ten features, with times that the log's records bring along. */
  private Path definitions() throws IOException {
    Path folder = FeatureChoice.TEN.write(work.resolve("defs"));
    Path file = folder.resolve("features.yaml");
    Files.writeString(
        file, Files.readString(file).replace("ingested_at: log", "ingested_at: record"));
    return folder;
  }

  private Map<String, String> environment() {
    return Map.of("PLUMBLINE_HEAP", heap);
  }

  private List<String> flink() {
    return List.of("--parallelism=" + parallelism, "--managed-memory=" + managed);
  }

  private List<String> command(String verb, Path definitions, String... more) {
    List<String> command = new ArrayList<>(List.of(launcher, verb, "--defs=" + definitions));
    command.addAll(flink());
    command.addAll(List.of(more));
    return command;
  }

  private List<String> backfill(Path definitions, Path lake) {
    return command("backfill", definitions, "--lake=" + lake);
  }

  private Path savepoint() {
    return work.resolve("savepoint");
  }

  private BootstrapReport.Made bootstrap(Path definitions, Path lake) throws IOException {
    List<ChildProcess.Outcome> outcomes = new ArrayList<>();
    for (int run = 0; run < runs; run++) {
      Folders.delete(savepoint());
      ChildProcess.Outcome outcome =
          ChildProcess.run(
              command(
                  "bootstrap",
                  definitions,
                  "--lake=" + lake,
                  "--until=" + Instant.ofEpochMilli(UNTIL_MS),
                  "--out=" + savepoint()),
              environment(),
              work.resolve("bootstrap.log"));
      outcomes.add(outcome);
      say("bootstrap: %.1f s, %.1f s of processors", outcome.seconds(), outcome.cpuSeconds());
    }
    JsonNode beside = new ObjectMapper().readTree(savepoint().resolve("_plumbline.json").toFile());
    if (beside.path("knowledge_time").longValue() != KNOWN_MS) {
      throw new IllegalStateException("the savepoint says " + beside);
    }
    return new BootstrapReport.Made(
        outcomes,
        beside.path("sources").path(WorkloadWriter.SOURCE).path("records").longValue(),
        beside.path("keys").path(ENTITY).longValue(),
        bytes(savepoint()));
  }

  private static long bytes(Path folder) throws IOException {
    long bytes = 0;
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        bytes += Files.size(file);
      }
    }
    return bytes;
  }

  private List<String> stream(Path definitions, String name, String... more) {
    List<String> command = command("stream", definitions, more);
    command.add("--state-backend=rocksdb");
    command.add("--checkpoints=" + work.resolve("checkpoints-" + name));
    return command;
  }

  private BootstrapReport.Replayed replay(
      Servers servers, Path definitions, PurchaseLog log, BootstrapReport.Made made)
      throws IOException, InterruptedException {
    try (StreamRun run =
        new StreamRun(
            stream(definitions, "replay"),
            environment(),
            servers,
            "replay",
            ENTITY,
            work.resolve("replay.err"))) {
      double begun = run.until(seen -> true).get(0).seconds();
      double warm = begun + warmUpSeconds;
      double end = full ? Double.MAX_VALUE : warm + 60 * minutes;
      List<StreamRun.Seen> all =
          run.until(seen -> seen.written() >= KNOWN_MS || seen.seconds() >= end);
      StreamRun.Seen from =
          all.stream().filter(seen -> seen.seconds() >= warm).findFirst().orElse(all.get(0));
      StreamRun.Seen to = all.get(all.size() - 1);
      BootstrapReport.Replayed replayed =
          BootstrapReport.Replayed.of(
              from, to, log::before, to.written() >= KNOWN_MS, made.records());
      say("replay: %,.0f events/s", replayed.perSecond());
      return replayed;
    }
  }

  private StreamRun.Seen serve(
      Servers servers, Path definitions, SampleCheck check, BootstrapReport.Made made)
      throws IOException, InterruptedException {
    try (StreamRun run =
        new StreamRun(
            stream(definitions, "serve", "--from=" + savepoint()),
            environment(),
            servers,
            "serve",
            ENTITY,
            work.resolve("serve.err"))) {
      List<StreamRun.Seen> all = run.until(seen -> seen.written() >= KNOWN_MS);
      StreamRun.Seen complete = all.get(all.size() - 1);
      long served = check.count("serve");
      if (served < made.keys()) {
        throw new IllegalStateException(
            "Redis holds " + served + " keys of " + made.keys() + " when all should be there");
      }
      say("from the savepoint: every key in Redis after %.1f s", complete.seconds());
      return complete;
    }
  }

  private static void say(String format, Object... arguments) {
    System.err.printf(Locale.ROOT, format + "%n", arguments);
  }
}
