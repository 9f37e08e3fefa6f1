package io.plumbline.bench.live;

import io.plumbline.bench.ChildProcess;
import io.plumbline.bench.Document;
import io.plumbline.bench.Folders;
import io.plumbline.bench.Machine;
import io.plumbline.jobs.redis.EntityProgress;
import io.plumbline.jobs.redis.RedisConnection;
import io.plumbline.jobs.redis.RedisSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code rollback}: how long readers wait for the good values, from the call on. */
@Command(
    name = "rollback",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Runs the payments set on a cluster of separate processes, takes a savepoint, starts a second",
      "release from it, and rolls back while payments come: how long each step takes."
    })
public final class RollbackBench implements Callable<Integer> {
  private static final int PARTITIONS = 4;
  private static final int TEMPLATES = 200_000;
  private static final long GOOD = 1;
  private static final long BAD = 2;
  private static final long LOOK_MS = 100;
  private static final long STUCK_MINUTES = 15;
  private static final Pattern WEB_UI = Pattern.compile("web UI: (http://\\S+)");
  private static final Pattern JOB = Pattern.compile("job ([0-9a-f]{32}): RUNNING");
  private static final Pattern STEP = Pattern.compile("  (\\S.*?)\\s+([\\d.]+ s)\\s+([\\d.]+ s)");

  @Option(names = "--quick", description = "20,000 events: to see that it works")
  private boolean quick;

  @Option(names = "--events", description = "before the savepoint; 400,000 if not given")
  private Long events;

  @Option(names = "--keys", defaultValue = "200000", description = "users (${DEFAULT-VALUE})")
  private int keys;

  @Option(
      names = "--rate",
      defaultValue = "1000",
      description = "events a second from then on (${DEFAULT-VALUE})")
  private double rate;

  @Option(
      names = "--bad-seconds",
      defaultValue = "60",
      description = "how long the second release runs (${DEFAULT-VALUE})")
  private int badSeconds;

  @Option(
      names = "--checkpoint-interval",
      defaultValue = "10",
      description = "seconds (${DEFAULT-VALUE})")
  private int checkpointSeconds;

  @Option(names = "--write", description = "put the results into docs/performance.md")
  private boolean write;

  private final BenchFolder place = new BenchFolder("rollback");
  private Servers servers;
  private String rest;

  @Override
  public Integer call() throws Exception {
    long filled = events != null ? events : quick ? 20_000 : 400_000;
    String machine = Machine.describe();
    Path flink = place.path().resolve("flink");
    Folders.delete(place.path().resolve("catalog"));
    Folders.delete(flink);
    cluster("assemble", flink.toString());
    String text;
    try (Servers started =
        Servers.start(
            BenchFolder.launcher(), BenchFolder.set("payments"), PARTITIONS, place.path())) {
      servers = started;
      start(flink);
      try {
        text = machine + "\n" + measure(flink, filled);
      } finally {
        cluster("stop", flink.toString());
      }
    }
    System.out.print(text);
    if (write) {
      Document.put(BenchFolder.document(), "Savepoints", "bench rollback", text);
    }
    return 0;
  }

  private void start(Path flink) throws IOException {
    String status =
        cluster(
            "start",
            flink.toString(),
            "-D",
            "execution.checkpointing.interval=" + checkpointSeconds + "s",
            "-D",
            "taskmanager.memory.process.size=3g",
            "-D",
            "jobmanager.memory.process.size=1600m",
            "-D",
            "jobmanager.memory.jvm-metaspace.size=512m");
    rest = found(WEB_UI, status);
  }

  private String measure(Path flink, long filled) throws IOException, InterruptedException {
    PaymentTemplates templates = new PaymentTemplates(1, TEMPLATES, keys, 1.0, PARTITIONS);
    try (LoadGenerator load = new LoadGenerator(servers.bootstrap(), LiveRun.TOPIC, templates);
        RedisConnection redis = RedisConnection.open(RedisSettings.at(servers.redis()))) {
      load.fill(filled);
      release(flink, GOOD);
      awaitWritten(redis, GOOD);
      load.start();
      load.rate(rate);
      String good = job(flink);
      String record = take(good);
      cluster("cancel", flink.toString(), good);
      release(flink, BAD, "-s", savepointOf(record));
      awaitWritten(redis, BAD);
      Thread.sleep(TimeUnit.SECONDS.toMillis(quick ? 5 : badSeconds));
      long hashes = redis.ask(c -> c.dbsize());
      ChildProcess.Outcome rollback = rollback(record);
      return markdown(filled, hashes, rollback);
    }
  }

  private void release(Path flink, long generation, String... options) throws IOException {
    List<String> call = new ArrayList<>(List.of("run", flink.toString(), "-d", "-p", "2"));
    call.addAll(List.of(options));
    call.addAll(
        List.of(
            "stream",
            "--defs=" + BenchFolder.set("payments"),
            "--brokers=" + servers.bootstrap(),
            "--redis=" + servers.redis(),
            "--start=earliest",
            "--generation=" + generation));
    cluster(call.toArray(String[]::new));
  }

  /** Waits until the generation has written all that had come when this was called. */
  private static void awaitWritten(RedisConnection redis, long generation)
      throws InterruptedException {
    long now = System.currentTimeMillis();
    long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(STUCK_MINUTES);
    while (!isWritten(EntityProgress.all(redis), generation, now)) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException("generation " + generation + " does not get on");
      }
      Thread.sleep(LOOK_MS);
    }
  }

  private static boolean isWritten(Map<String, EntityProgress> all, long generation, long time) {
    return Stream.of("user", "merchant")
        .map(all::get)
        .allMatch(p -> p != null && p.generation() == generation && p.time() >= time);
  }

  private String job(Path flink) throws IOException {
    return found(JOB, cluster("status", flink.toString()));
  }

  /** Records the good release. Returns the record's id. */
  private String take(String job) throws IOException {
    return plumbline(
            "savepoint",
            "take",
            "--job=" + job,
            "--rest=" + rest,
            "--catalog=" + catalog(),
            "--why=before the release")
        .output()
        .split("\\s", 2)[0];
  }

  private String savepointOf(String record) throws IOException {
    String json = plumbline("savepoint", "show", record, "--catalog=" + catalog()).output();
    return found(Pattern.compile("\"path\"\\s*:\\s*\"([^\"]+)\""), json);
  }

  private ChildProcess.Outcome rollback(String record) throws IOException {
    return plumbline(
        "rollback",
        "--to=" + record,
        "--catalog=" + catalog(),
        "--rest=" + rest,
        "--redis=" + servers.redis(),
        "--why=a benchmark");
  }

  private Path catalog() {
    return place.path().resolve("catalog");
  }

  private ChildProcess.Outcome plumbline(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(BenchFolder.launcher().toString()));
    command.addAll(List.of(arguments));
    return ChildProcess.run(command, Map.of(), place.path().resolve("plumbline.log"));
  }

  private String cluster(String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(BenchFolder.launcher().resolveSibling("cluster").toString());
    command.addAll(List.of(arguments));
    return ChildProcess.run(command, Map.of(), place.path().resolve("cluster.log")).output();
  }

  private static String found(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    if (!matcher.find()) {
      throw new IllegalStateException("no " + pattern + " in " + text);
    }
    return matcher.group(1);
  }

  private String markdown(long filled, long hashes, ChildProcess.Outcome rollback) {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "Payments, %,d users drawn from, %,d payments before the savepoint, %,.0f a second from"
                + " then on; %,d hashes in Redis; RocksDB, a checkpoint every %d s, 2 tasks side by"
                + " side; the second release ran for %d s. %.1f s from the start of the verb's"
                + " process to its end.%n%n",
            keys,
            filled,
            rate,
            hashes,
            checkpointSeconds,
            quick ? 5 : badSeconds,
            rollback.seconds()));
    text.append("| step | took | after |\n|---|---:|---:|\n");
    Matcher steps = STEP.matcher(rollback.output());
    while (steps.find()) {
      text.append("| ").append(steps.group(1)).append(" | ").append(steps.group(2));
      text.append(" | ").append(steps.group(3)).append(" |\n");
    }
    return text.toString();
  }
}
