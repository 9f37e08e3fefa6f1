package io.plumbline.bench.savepoints;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.plumbline.bench.live.Child;
import io.plumbline.bench.live.Servers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * The product's {@code stream} verb, started by its launcher, and how far it has come by what Redis
 * says: the time up to which everything that was ingested is written.
 */
final class StreamRun implements AutoCloseable {
  private static final long LOOK_MS = 50;
  private static final long STUCK_MINUTES = 120;

  private final Servers servers;
  private final Child child;
  private final RedisClient client;
  private final StatefulRedisConnection<String, String> redis;
  private final String progressKey;
  private final String entity;
  private final long startedNanos;
  private final Cpu before;
  private final List<Seen> seen = new ArrayList<>();

  /** Processor time in seconds. */
  record Cpu(double job, double redis, double broker) {
    Cpu minus(Cpu other) {
      return new Cpu(job - other.job, redis - other.redis, broker - other.broker);
    }

    Cpu plus(Cpu other, double times) {
      return new Cpu(
          job + other.job * times, redis + other.redis * times, broker + other.broker * times);
    }
  }

  /**
   * How far it was.
   *
   * @param seconds since its process was started
   * @param written all that was ingested up to this time is in Redis, epoch ms
   * @param cpu since its process was started
   */
  record Seen(double seconds, long written, Cpu cpu) {}

  /**
   * Starts it.
   *
   * @param launcher and its arguments, but for those about servers
   * @param namespace in Redis, not used before
   * @param entity whose progress is looked at
   */
  StreamRun(
      List<String> launcher,
      Map<String, String> environment,
      Servers servers,
      String namespace,
      String entity,
      Path log)
      throws IOException {
    this.servers = servers;
    this.entity = entity;
    progressKey = namespace + ":_progress";
    client = RedisClient.create(servers.redis());
    redis = client.connect();
    List<String> command = new ArrayList<>(launcher);
    command.add("--brokers=" + servers.bootstrap());
    command.add("--redis=" + servers.redis());
    command.add("--namespace=" + namespace);
    startedNanos = System.nanoTime();
    before = new Cpu(0, servers.redisCpuSeconds(), servers.brokerCpuSeconds());
    child = Child.start(command, environment, log, line -> {});
  }

  /** Follows it until it has come far enough; gives each step of its progress so far. */
  List<Seen> until(Predicate<Seen> enough) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(STUCK_MINUTES);
    while (seen.isEmpty() || !enough.test(last())) {
      Thread.sleep(LOOK_MS);
      child.requireAlive();
      String written = redis.sync().hget(progressKey, entity);
      if (written != null && (seen.isEmpty() || Long.parseLong(written) > last().written)) {
        seen.add(new Seen(seconds(), Long.parseLong(written), cpu()));
      }
      if (System.nanoTime() > end) {
        throw new IllegalStateException("waited in vain for progress of " + entity);
      }
    }
    return List.copyOf(seen);
  }

  private Seen last() {
    return seen.get(seen.size() - 1);
  }

  private double seconds() {
    return (System.nanoTime() - startedNanos) / 1e9;
  }

  private Cpu cpu() {
    return new Cpu(child.cpuSeconds(), servers.redisCpuSeconds(), servers.brokerCpuSeconds())
        .minus(before);
  }

  /** Tells it to end, and waits until it has. */
  @Override
  public void close() {
    redis.close();
    client.shutdown();
    child.close();
  }
}
