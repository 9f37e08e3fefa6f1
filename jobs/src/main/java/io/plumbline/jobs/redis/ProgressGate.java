package io.plumbline.jobs.redis;

import io.lettuce.core.ScriptOutputType;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * Lets a job say in Redis how far it has written only while Redis is known to hold all that it
 * wrote: to the servers that run under the ids they had when everything was last written to them.
 * An emptied, restarted or promoted server closes the gate by itself, before anybody has noticed. A
 * job that a newer generation has shut out leaves the gate as it is.
 */
public final class ProgressGate {
  /** Before the entity in a field's name: generation and servers for which the gate is open. */
  static final String OPEN = "_open:";

  /** Before the entity in a field's name: who said last how far it is written, and how far. */
  static final String REACHED = "_reached:";

  private final RedisConnection redis;
  private final List<String> entities;
  private final long generation;

  /**
   * @param generation of the job
   */
  public ProgressGate(RedisConnection redis, List<String> entities, long generation) {
    this.redis = redis;
    this.entities = List.copyOf(entities);
    this.generation = generation;
  }

  /** What {@link ProgressWriter}s of one attempt of a job call themselves. */
  static String run(String job, int attempt) {
    return job + "/" + attempt;
  }

  /**
   * Holds progress where it is.
   *
   * @throws Refused if a newer generation writes here; so do the other methods that change anything
   * @throws io.plumbline.UserError if Redis does not do it now; so do the other methods
   */
  public void close() {
    set(OPEN, "");
  }

  /**
   * Lets progress go on.
   *
   * @param servers that hold everything
   */
  public void open(Servers servers) {
    set(OPEN, generation + " " + String.join(" ", servers.runIds()));
  }

  /** Forgets how far attempts of this job have said that they were. */
  public void forget() {
    set(REACHED, "");
  }

  private void set(String prefix, String value) {
    String key = redis.keys().progress();
    String[] arguments =
        Stream.concat(
                Stream.of(Long.toString(generation), value), entities.stream().map(prefix::concat))
            .toArray(String[]::new);
    List<String> keys = List.of(key, redis.fenceOf(key));
    long outcome = (Long) redis.run(Script.GATE, ScriptOutputType.INTEGER, keys, arguments);
    if (outcome < 0) {
      throw Fences.fenced(redis.settings(), generation, "a newer generation");
    }
  }

  /**
   * Knowledge time up to which one attempt of a job has written all entities, epoch ms; empty if it
   * has not said so.
   */
  public OptionalLong reached(String job, int attempt) {
    long least = Long.MAX_VALUE;
    for (String entity : entities) {
      String text = redis.ask(c -> c.hget(redis.keys().progress(), REACHED + entity));
      String[] parts = text == null ? new String[0] : text.split(" ", -1);
      if (parts.length != 2 || !parts[0].equals(run(job, attempt))) {
        return OptionalLong.empty();
      }
      least = Math.min(least, Long.parseLong(parts[1]));
    }
    return OptionalLong.of(least);
  }
}
