package io.plumbline.jobs.redis;

import io.lettuce.core.RedisFuture;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Tells a job when it has to write all its keys again: because somebody asked, or because Redis may
 * have lost data. What a job has done about it lies in Redis, in a marker, so a restart of the job
 * forgets nothing and repeats nothing.
 *
 * <p>The marker holds the run id of the server, or of each of a cluster's masters. A restarted
 * server or a promoted replica has another one, an emptied server has no marker or fence.
 */
public final class RewriteSignal {
  private static final String HANDLED = "_rewrite";
  private static final String RELEASE = "_release";

  private final RedisConnection redis;
  private final String job;
  private final long generation;
  private final String features;

  /** What led to a request. */
  public enum Cause {
    /** Data are gone just now. */
    LOSS,
    /** Anything else. */
    OTHER
  }

  /**
   * A reason to write everything again.
   *
   * @param cause a loss is new each time it is seen, once the fences were raised again
   * @param why for logs
   */
  public record Request(Cause cause, String why, Map<String, String> marker) {
    /** Copies the marker. */
    public Request {
      marker = Map.copyOf(marker);
    }

    /** Those to which everything is to be written. */
    public Servers servers() {
      return serversIn(marker);
    }
  }

  /**
   * @param job name of the marker; the same after a restart, e.g. the entity
   * @param generation of the job
   * @param features tells what the job writes from what another release of it wrote
   */
  public RewriteSignal(RedisConnection redis, String job, long generation, String features) {
    this.redis = redis;
    this.job = job;
    this.generation = generation;
    this.features = features;
  }

  /** Asks the jobs of the connection's namespace to write everything again. */
  public static void request(RedisConnection redis) {
    redis.ask(c -> c.incr(redis.keys().rewrite()));
  }

  /**
   * Looks once, with a few small commands.
   *
   * @return why everything is to be written again; empty if it need not be
   * @throws io.plumbline.UserError if Redis cannot be asked just now
   */
  public Optional<Request> poll() {
    Map<String, String> handled = redis.ask(c -> c.hgetall(redis.keys().marker(job)));
    Map<String, String> marker = runIds();
    String asked = redis.ask(c -> c.get(redis.keys().rewrite()));
    marker.put(HANDLED, asked == null ? "0" : asked);
    marker.put(RELEASE, generation + " " + features);
    if (!fencesStand()) {
      return Optional.of(new Request(Cause.LOSS, "Redis has lost what it held", marker));
    }
    if (handled.isEmpty()) {
      return Optional.of(new Request(Cause.OTHER, "this job has not written here before", marker));
    }
    if (marker.equals(handled)) {
      return Optional.empty();
    }
    if (!marker.get(RELEASE).equals(handled.get(RELEASE))) {
      return Optional.of(new Request(Cause.OTHER, "another release wrote here before", marker));
    }
    String why =
        marker.get(HANDLED).equals(handled.get(HANDLED))
            ? "Redis was restarted or has other masters, and may have lost data"
            : "somebody asked";
    return Optional.of(new Request(Cause.OTHER, why, marker));
  }

  /**
   * Remembers that all keys have been written again because of a request, and raises the fences
   * again, which may be among what was lost.
   */
  public void handled(Request request) {
    Fences.raise(redis, generation);
    String key = redis.keys().marker(job);
    redis.ask(c -> c.del(key));
    redis.ask(c -> c.hset(key, request.marker()));
  }

  /**
   * Forgets what this job has done before, so that it writes everything again.
   *
   * @throws io.plumbline.UserError if Redis cannot be asked just now
   */
  public void forget() {
    redis.ask(c -> c.del(redis.keys().marker(job)));
  }

  /**
   * The servers to which everything was written when this job last met a request.
   *
   * @throws io.plumbline.UserError if Redis cannot be asked just now
   */
  public Servers handled() {
    return serversIn(redis.ask(c -> c.hgetall(redis.keys().marker(job))));
  }

  private static Servers serversIn(Map<String, String> marker) {
    Map<String, String> ids = new HashMap<>(marker);
    ids.keySet().removeAll(Set.of(HANDLED, RELEASE));
    return new Servers(ids.values());
  }

  private Map<String, String> runIds() {
    Map<String, String> ids = new HashMap<>();
    if (!redis.isCluster()) {
      ids.put("server", runId(redis.ask(c -> c.info("server"))));
      return ids;
    }
    for (RedisClusterNode node : redis.masters()) {
      ids.put(node.getNodeId(), runId(redis.ask(c -> redis.asyncOf(node).info("server"))));
    }
    return ids;
  }

  private static String runId(String info) {
    return info.lines()
        .filter(line -> line.startsWith("run_id:"))
        .map(line -> line.substring("run_id:".length()).strip())
        .findFirst()
        .orElse("");
  }

  private boolean fencesStand() {
    List<String> fences = new ArrayList<>();
    if (redis.isCluster()) {
      redis.masters().forEach(node -> fences.add(redis.keys().fence(node.getSlots().get(0))));
    } else {
      fences.add(redis.keys().fence());
    }
    List<RedisFuture<Long>> replies =
        fences.stream().map(fence -> redis.async().exists(fence)).toList();
    return replies.stream().allMatch(reply -> redis.<Long>ask(c -> reply) == 1);
  }
}
