package io.plumbline.bench.live;

import io.plumbline.bench.Document;
import io.plumbline.bench.Machine;
import io.plumbline.bench.Profile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code live}: how much the live job takes, and how soon Redis shows it. */
@Command(
    name = "live",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Measures the payments set from Kafka to Redis, all on this machine: the rate that it keeps",
      "up, the time from an event's ingestion until Redis shows what it changed, and how it",
      "recovers from a burst."
    })
public final class LiveBench implements Callable<Integer> {
  private static final double[] SHARES_TRIED = {1, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3};
  private static final int KEYS_LOOKED_AT = 2_000;
  private static final int TEMPLATES = 200_000;

  /** What came faster than it could be read leaves the windows of five minutes just as fast. */
  private static final int SHORT_WINDOW_SECONDS = 310;

  private static final double RECOVERED_MS = 1_000;
  private static final int RECOVERED_SECONDS = 3;
  private static final long LONGEST_RECOVERY_MS = 1_800_000;

  /** Of the sustained rate, before and after a burst. */
  private static final double BASE_SHARE = 0.25;

  @Option(names = "--quick", description = "a few seconds of everything: to see that it works")
  private boolean quick;

  @Option(names = "--keys", defaultValue = "100000", description = "users (${DEFAULT-VALUE})")
  private int keys;

  @Option(
      names = "--skew",
      defaultValue = "1.0",
      description = "exponent of Zipf's law, by which some users pay more often (${DEFAULT-VALUE})")
  private double skew;

  @Option(
      names = "--rates",
      split = ",",
      defaultValue = "25,50,80",
      description = "percents of the sustained rate to measure freshness at (${DEFAULT-VALUE})")
  private List<Integer> rates;

  @Option(
      names = "--rate",
      description = "take this for the sustained rate, events a second; else it is looked for")
  private Double given;

  @Option(
      names = "--backlog",
      description = "events to read at full speed first; 2,000,000 if not given, 60,000 if quick")
  private Long backlog;

  @Option(
      names = "--backend",
      defaultValue = "rocksdb",
      description = "rocksdb or hashmap (${DEFAULT-VALUE})")
  private String backend;

  @Option(names = "--parallelism", defaultValue = "2", description = "(${DEFAULT-VALUE})")
  private int parallelism;

  @Option(names = "--partitions", defaultValue = "4", description = "(${DEFAULT-VALUE})")
  private int partitions;

  @Option(names = "--heap", defaultValue = "2g", description = "of the job (${DEFAULT-VALUE})")
  private String heap;

  @Option(
      names = "--managed-memory",
      defaultValue = "512m",
      description = "of the job, for RocksDB (${DEFAULT-VALUE})")
  private String managed;

  @Option(
      names = "--checkpoint-interval",
      defaultValue = "10",
      description = "seconds (${DEFAULT-VALUE})")
  private int checkpointSeconds;

  @Option(
      names = "--jvm",
      split = " ",
      description = "further options of the job's JVM, in one word, as \"-XX:+UseZGC\"")
  private List<String> jvm = List.of();

  @Option(names = "--profile", description = "also say where the job's time goes")
  private boolean profile;

  @Option(names = "--write", description = "put the results into docs/performance.md")
  private boolean write;

  private final BenchFolder place = new BenchFolder("live");
  private final List<String> profiles = new ArrayList<>();
  private LiveRun run;

  @Override
  public Integer call() throws Exception {
    String head = Machine.describe() + "\n" + settings() + "\n\n";
    System.out.print(head);
    Path definitions = BenchFolder.set("payments");
    PaymentTemplates templates =
        new PaymentTemplates(1, quick ? TEMPLATES / 10 : TEMPLATES, keys, skew, partitions);
    String results;
    try (Servers servers =
            Servers.start(BenchFolder.launcher(), definitions, partitions, place.path());
        LiveRun measured = new LiveRun(servers, templates, place.path())) {
      run = measured;
      results = measure(definitions, templates);
    }
    profiles.forEach(System.out::print);
    if (write) {
      Document.put(BenchFolder.document(), "Live", "bench live", head + results);
    }
    return 0;
  }

  private String settings() {
    return String.format(
        Locale.ROOT,
        "Payments, %,d users, skew %s; %s, checkpoints every %d s, %d tasks side by side, %d"
            + " partitions; heap %s%s, managed memory %s.",
        keys,
        skew,
        backend,
        checkpointSeconds,
        parallelism,
        partitions,
        heap,
        jvm.isEmpty() ? "" : " " + String.join(" ", jvm),
        managed);
  }

  private String measure(Path definitions, PaymentTemplates templates)
      throws IOException, InterruptedException {
    long filled = backlog != null ? backlog : quick ? 60_000 : 2_000_000;
    progress("filling the log with %,d events", filled);
    run.load().fill(filled);
    run.startJob(
        new JobProcess.Settings(
            definitions,
            backend,
            Duration.ofSeconds(checkpointSeconds),
            parallelism,
            heap,
            managed,
            jvm));
    Stretch drain = drain(filled);
    Map<String, Double> values = new LinkedHashMap<>();
    values.put("user", run.valuesOf("user", templates.keys("user_id", KEYS_LOOKED_AT)));
    values.put("merchant", run.valuesOf("merchant", templates.keys("merchant_id", KEYS_LOOKED_AT)));
    LiveResults results = new LiveResults(values);
    run.load().start();
    run.startProbe();
    double sustained = given != null ? given : sustained(drain, results);
    run.drain();
    progress("waiting until the windows of all that have passed");
    run.sleep(quick ? 0 : SHORT_WINDOW_SECONDS);
    for (int percent : rates) {
      boolean recorded = profile && percent == rates.get(rates.size() - 1);
      startProfile(recorded);
      LiveRun.Step step = run.measure(sustained * percent / 100, quick ? 5 : 15, quick ? 10 : 60);
      endProfile(recorded, percent + " % of the sustained rate");
      progress("%d %%: p99 %,.0f ms", percent, step.job().freshness().quantile(0.99));
      results.add(percent + " % of it", step);
      run.drain();
    }
    String tables = results.markdown(drain);
    System.out.print(tables);
    LiveResults.Burst burst = quick ? burst(sustained, 3, 10) : burst(sustained, 10, 60);
    System.out.print(burst.markdown());
    return tables + burst.markdown();
  }

  /** Reads the backlog; what counts is the time between the start's and the last records. */
  private Stretch drain(long filled) throws InterruptedException, IOException {
    run.await("the job to start", () -> run.job().records() > 0);
    run.sleep(quick ? 2 : 15);
    if (run.job().records() >= filled * 0.9) {
      throw new IllegalStateException(
          "the backlog was read before the job had warmed up; give more events with --backlog");
    }
    startProfile(profile);
    long from = System.currentTimeMillis();
    run.await("the backlog to be read", () -> run.job().records() >= filled * 0.97);
    long to = System.currentTimeMillis();
    endProfile(profile, "a backlog");
    Stretch drain = run.job().between(from, to);
    progress("a backlog: %,.0f events/s for %.0f s", drain.rate(Sampler.RECORDS), drain.seconds());
    run.awaitAllWritten();
    return drain;
  }

  /** The highest rate of those tried at which what is not read yet does not grow. */
  private double sustained(Stretch drain, LiveResults results) throws InterruptedException {
    LiveRun.Step step = null;
    for (double share : SHARES_TRIED) {
      step = run.measure(share * drain.rate(Sampler.RECORDS), quick ? 5 : 15, quick ? 10 : 30);
      results.tried(step);
      progress("%,.0f events/s: %s", step.offered(), step.isHeld() ? "held" : "not held");
      if (step.isHeld()) {
        break;
      }
      run.drain();
    }
    results.add(step.isHeld() ? "the sustained rate" : "the lowest rate tried, not held", step);
    return step.job().rate(Sampler.RECORDS);
  }

  /** Many times what can be kept up, between times of a quarter of that. */
  private LiveResults.Burst burst(double sustained, double factor, int seconds)
      throws InterruptedException {
    double base = sustained * BASE_SHARE;
    run.measure(base, quick ? 2 : 10, quick ? 3 : 10);
    long start = System.currentTimeMillis();
    long arrived = run.load().arrived();
    run.load().rate(sustained * factor);
    run.sleep(seconds);
    double perSecond =
        (run.load().arrived() - arrived) * 1e3 / (System.currentTimeMillis() - start);
    run.load().rate(base);
    long end = System.currentTimeMillis();
    long largest = run.backlog();
    double worst = 0;
    int fresh = 0;
    while (fresh < RECOVERED_SECONDS && System.currentTimeMillis() < end + LONGEST_RECOVERY_MS) {
      run.sleep(1);
      double p99 = run.job().lastSecond().freshness().quantile(0.99);
      worst = Double.isNaN(p99) ? worst : Math.max(worst, p99);
      fresh = p99 < RECOVERED_MS ? fresh + 1 : 0;
    }
    double after = (System.currentTimeMillis() - end) / 1e3 - fresh;
    double recovered = fresh < RECOVERED_SECONDS ? Double.POSITIVE_INFINITY : after;
    worst = Math.max(worst, run.job().between(start, end).freshness().quantile(0.99));
    return new LiveResults.Burst(
        sustained * factor, factor, base, seconds, perSecond, largest, worst, recovered);
  }

  private void startProfile(boolean wanted) throws IOException, InterruptedException {
    if (wanted) {
      run.job().record();
    }
  }

  private void endProfile(boolean wanted, String title) throws IOException, InterruptedException {
    if (wanted) {
      Path recording = place.path().resolve("live-" + profiles.size() + ".jfr");
      Files.deleteIfExists(recording);
      run.job().endRecording(recording);
      profiles.add("\n### " + title + "\n\n" + Profile.read(recording).markdown());
    }
  }

  private static void progress(String format, Object... arguments) {
    System.err.println(String.format(Locale.ROOT, format, arguments));
  }
}
