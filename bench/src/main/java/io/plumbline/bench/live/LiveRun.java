package io.plumbline.bench.live;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/** Servers, the live job, a load and a probe: what a live measurement is made of. */
final class LiveRun implements AutoCloseable {
  /** The topic of the payments set. */
  static final String TOPIC = "payments";

  private static final long PROBE_EVERY_MS = 40;
  private static final int HEADER_FIELDS = 3;
  private static final double HELD_FRESHNESS_MS = 2_000;
  private static final long QUIET_MS = 2_000;
  private static final long LOOK_MS = 50;
  private static final long STUCK_MINUTES = 30;

  private final Servers servers;
  private final Path folder;
  private final LoadGenerator load;
  private final ConcurrentSkipListMap<Long, Latencies> probed = new ConcurrentSkipListMap<>();
  private final AtomicLong probes = new AtomicLong();
  private JobProcess job;
  private Child probe;

  LiveRun(Servers servers, PaymentTemplates templates, Path folder) {
    this.servers = servers;
    this.folder = folder;
    load = new LoadGenerator(servers.bootstrap(), TOPIC, templates);
  }

  /**
   * Processor time so far, in seconds.
   *
   * @param load of this process, which makes the events
   */
  record Cpu(double broker, double redis, double job, double load) {
    Cpu minus(Cpu other) {
      return new Cpu(
          broker - other.broker, redis - other.redis, job - other.job, load - other.load);
    }
  }

  /**
   * What was seen while the load was even.
   *
   * @param offered events a second
   * @param arrived records that came into the log meanwhile
   * @param backlogBefore records not read yet in the beginning
   * @param backlogAfter records not read yet in the end
   */
  record Step(
      double offered,
      long arrived,
      long backlogBefore,
      long backlogAfter,
      Stretch job,
      Latencies probe,
      Cpu cpu) {

    /**
     * Whether what was not read yet stayed as it was, but for 2 % of what came, and what was read
     * was soon written.
     */
    boolean isHeld() {
      double growth = backlogAfter - backlogBefore;
      return growth < 0.02 * arrived
          && backlogAfter < 2 * offered
          && job.lastQuarter().freshness().quantile(0.5) < HELD_FRESHNESS_MS;
    }
  }

  LoadGenerator load() {
    return load;
  }

  JobProcess job() {
    return job;
  }

  void startJob(JobProcess.Settings settings) throws IOException {
    job = new JobProcess(servers, settings, folder);
  }

  /** Starts the probe, and waits until Redis has shown it something. */
  void startProbe() throws IOException, InterruptedException {
    probe =
        Child.java(
            ProbeRun.class,
            List.of("-Xmx64m"),
            List.of(servers.bootstrap(), servers.redis(), TOPIC, Long.toString(PROBE_EVERY_MS)),
            folder.resolve("probe.err"),
            this::probed);
    await("the first probe", () -> probes.get() > 0);
  }

  private void probed(String line) {
    if (line.startsWith(ProbeRun.PREFIX)) {
      probes.incrementAndGet();
      String[] words = line.split(" ", 0);
      Latencies one = new Latencies();
      one.add(Long.parseLong(words[2]));
      probed.merge(
          Long.parseLong(words[1]),
          one,
          (old, added) -> {
            old.addAll(added);
            return old;
          });
    }
  }

  long backlog() {
    return load.arrived() + probes.get() - job.records();
  }

  Cpu cpu() {
    double own =
        ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class)
                .getProcessCpuTime()
            / 1e9;
    return new Cpu(servers.brokerCpuSeconds(), servers.redisCpuSeconds(), job.cpuSeconds(), own);
  }

  /** Keeps a rate up, first without and then with looking. */
  Step measure(double rate, int settleSeconds, int seconds) throws InterruptedException {
    load.rate(rate);
    sleep(settleSeconds);
    long from = System.currentTimeMillis();
    long arrived = load.arrived();
    long before = backlog();
    Cpu cpu = cpu();
    sleep(seconds);
    long to = System.currentTimeMillis();
    Latencies seen = new Latencies();
    for (Map.Entry<Long, Latencies> entry : probed.subMap(from, to).entrySet()) {
      seen.addAll(entry.getValue());
    }
    return new Step(
        rate,
        load.arrived() - arrived,
        before,
        backlog(),
        job.between(from, to),
        seen,
        cpu().minus(cpu));
  }

  /** Sends nothing until everything is read and nothing more is written because of an event. */
  void drain() throws InterruptedException {
    load.rate(0);
    awaitAllWritten();
  }

  /** Waits as {@link #drain} does; probes go on, and are fresh by then. */
  void awaitAllWritten() throws InterruptedException {
    await("the backlog to be read", () -> backlog() <= 0);
    await("what was read to be written", this::isFresh);
  }

  private boolean isFresh() {
    long now = System.currentTimeMillis();
    Latencies last = job.between(now - QUIET_MS, now).freshness();
    return last.isEmpty() || last.quantile(1) < QUIET_MS;
  }

  void sleep(double seconds) throws InterruptedException {
    Thread.sleep((long) (seconds * 1e3));
    job.requireAlive();
  }

  void await(String what, BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(STUCK_MINUTES);
    while (!condition.getAsBoolean()) {
      Thread.sleep(LOOK_MS);
      job.requireAlive();
      if (System.nanoTime() > end) {
        throw new IllegalStateException("waited in vain for " + what);
      }
    }
  }

  /** How many values a write of an entity has: the mean over keys that are written often. */
  double valuesOf(String entity, List<String> keys) {
    RedisClient client = RedisClient.create(servers.redis());
    try (StatefulRedisConnection<String, String> redis = client.connect()) {
      return keys.stream()
          .mapToLong(key -> redis.sync().hlen("fs:" + entity + ":" + key) - HEADER_FIELDS)
          .filter(values -> values >= 0)
          .average()
          .orElse(0);
    } finally {
      client.shutdown();
    }
  }

  @Override
  public void close() {
    load.close();
    if (probe != null) {
      probe.close();
    }
    if (job != null) {
      job.close();
    }
  }
}
