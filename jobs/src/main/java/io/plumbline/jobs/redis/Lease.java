package io.plumbline.jobs.redis;

import io.lettuce.core.RedisFuture;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The right of one job to write an entity in a namespace. It runs out unless it is renewed, so that
 * a job that died does not keep its entities for ever. A job of a higher generation may take it
 * over.
 */
public final class Lease {
  private static final Logger LOG = LoggerFactory.getLogger(Lease.class);

  /** How long a lease lives unless it is renewed. */
  public static final Duration LIFE = Duration.ofSeconds(30);

  /** How often it is renewed. */
  public static final Duration RENEWAL = Duration.ofSeconds(10);

  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(500);

  private final RedisConnection redis;
  private final Job job;
  private final Duration life;

  /**
   * Who wants it.
   *
   * @param id of the Flink job; a restart has the same
   */
  public record Job(String name, String id, long generation) {}

  public Lease(RedisConnection redis, Job job) {
    this(redis, job, LIFE);
  }

  Lease(RedisConnection redis, Job job, Duration life) {
    this.redis = redis;
    this.job = job;
    this.life = life;
  }

  /**
   * Takes an entity. If another job has it, waits for its lease to run out, no longer than a lease
   * lives; a job that renews it meanwhile is alive.
   *
   * @throws Refused if another job keeps it
   */
  public void claim(String entity) {
    long start = System.nanoTime();
    long before = Long.MAX_VALUE;
    while (true) {
      List<String> other = redis.ask(commands -> attempt(commands, entity));
      if (other.isEmpty()) {
        return;
      }
      long rest = Long.parseLong(other.get(1));
      if (rest > before || System.nanoTime() - start > life.plusSeconds(1).toNanos()) {
        throw refused(entity, other.get(0));
      }
      if (before == Long.MAX_VALUE) {
        LOG.warn(
            "entity {} belongs to {}; waiting up to {} ms for its lease to run out",
            entity,
            owner(other.get(0)),
            rest);
      }
      before = rest;
      RedisConnection.pause(BETWEEN_LOOKS);
    }
  }

  /**
   * Goes on with an entity for another life, without waiting.
   *
   * @param lost takes what to fail with if another job has it now; a failure of Redis is none
   */
  void renew(String entity, Consumer<Refused> lost) {
    attempt(redis.async(), entity)
        .whenComplete(
            (other, failure) -> {
              if (failure != null) {
                redis.stale().failed(RedisTrouble.of(failure));
                LOG.debug("entity {} could not be renewed", entity, failure);
              } else if (!other.isEmpty()) {
                lost.accept(refused(entity, other.get(0)));
              }
            });
  }

  /** Gives an entity back, if it is still ours. */
  void release(String entity) {
    release(redis, entity, job.id);
  }

  /**
   * Gives entities back in the name of a job that has ended and cannot do so itself: a canceled
   * attempt does not know whether Flink starts another.
   *
   * @param job id of the Flink job
   * @throws io.plumbline.UserError if Redis does not answer
   */
  public static void release(RedisConnection redis, Collection<String> entities, String job) {
    entities.forEach(entity -> release(redis, entity, job));
  }

  /**
   * The jobs that have entities of the connection's namespace just now, by entity.
   *
   * @throws io.plumbline.UserError if Redis does not answer
   */
  public static Map<String, Job> owners(RedisConnection redis, Collection<String> entities) {
    Map<String, Job> owners = new TreeMap<>();
    for (String entity : entities) {
      String value = redis.ask(commands -> commands.get(redis.keys().owner(entity)));
      if (value != null) {
        String[] parts = value.split(" ", 3);
        owners.put(entity, new Job(parts[2], parts[1], Long.parseLong(parts[0])));
      }
    }
    return owners;
  }

  private static void release(RedisConnection redis, String entity, String job) {
    redis.run(Script.RELEASE, ScriptOutputType.INTEGER, List.of(redis.keys().owner(entity)), job);
  }

  private RedisFuture<List<String>> attempt(
      RedisClusterAsyncCommands<String, String> commands, String entity) {
    return commands.eval(
        Script.CLAIM.text(),
        ScriptOutputType.MULTI,
        new String[] {redis.keys().owner(entity)},
        Long.toString(job.generation),
        job.id,
        job.name,
        Long.toString(life.toMillis()));
  }

  private Refused refused(String entity, String owner) {
    RedisSettings settings = redis.settings();
    return new Refused(
        "entity "
            + entity
            + " in the namespace "
            + settings.namespace()
            + " of Redis at "
            + settings.place()
            + " belongs to "
            + owner(owner)
            + ", which is running; stop that job, or give this one another namespace or a"
            + " higher generation. If you are sure that it is dead, wait "
            + life.toSeconds()
            + " s or delete "
            + redis.keys().owner(entity));
  }

  private static String owner(String value) {
    String[] parts = value.split(" ", 3);
    return "job '" + parts[2] + "' (" + parts[1] + ", generation " + parts[0] + ")";
  }
}
