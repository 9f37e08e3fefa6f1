package io.plumbline.jobs.redis;

import io.lettuce.core.RedisFuture;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.cluster.SlotHash;
import io.plumbline.UserError;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * Keep writers of an older generation out of a namespace: every write looks at the fence beside its
 * key in the same step, and does nothing if that shows a higher generation. A server has one fence,
 * a cluster one for each slot, because a script may only touch one slot.
 */
public final class Fences {
  private Fences() {}

  /**
   * Raises all fences of the connection's namespace to a generation, if they are lower.
   *
   * @throws UserError if one is higher: this job is of the past
   */
  public static void raise(RedisConnection redis, long generation) {
    String ours = Long.toString(generation);
    for (String standing : raised(redis, ours)) {
      if (!standing.equals(ours)) {
        throw fenced(redis.settings(), generation, "generation " + standing);
      }
    }
  }

  /**
   * Looks whether a job of a generation may write; changes nothing.
   *
   * @throws UserError if a fence is higher: such a job is of the past
   */
  public static void check(RedisConnection redis, long generation) {
    for (String standing : standing(redis)) {
      if (Long.parseLong(standing) > generation) {
        throw fenced(redis.settings(), generation, "generation " + standing);
      }
    }
  }

  /**
   * The highest generation that a fence shows.
   *
   * @return empty if nobody has written in the connection's namespace
   */
  public static OptionalLong highest(RedisConnection redis) {
    return standing(redis).stream().mapToLong(Long::parseLong).max();
  }

  /** The generations that fences show; of a cluster all, because some may not have been raised. */
  private static List<String> standing(RedisConnection redis) {
    int slots = redis.isCluster() ? SlotHash.SLOT_COUNT : 1;
    List<RedisFuture<String>> replies = new ArrayList<>(slots);
    for (int slot = 0; slot < slots; slot++) {
      RedisKeys keys = redis.keys();
      replies.add(redis.async().get(redis.isCluster() ? keys.fence(slot) : keys.fence()));
    }
    return replies.stream()
        .map(reply -> redis.<String>ask(commands -> reply))
        .filter(Objects::nonNull)
        .distinct()
        .toList();
  }

  private static List<String> raised(RedisConnection redis, String ours) {
    if (!redis.isCluster()) {
      List<String> fence = List.of(redis.keys().fence());
      return List.of((String) redis.run(Script.RAISE, ScriptOutputType.VALUE, fence, ours));
    }
    String text = Script.RAISE.text();
    List<RedisFuture<String>> replies = new ArrayList<>();
    for (int slot = 0; slot < SlotHash.SLOT_COUNT; slot++) {
      String[] fence = {redis.keys().fence(slot)};
      replies.add(redis.async().eval(text, ScriptOutputType.VALUE, fence, ours));
    }
    return replies.stream().map(reply -> redis.ask(commands -> reply)).distinct().toList();
  }

  static Refused fenced(RedisSettings settings, long generation, String standing) {
    return new Refused(
        standing
            + " has taken over the namespace "
            + settings.namespace()
            + " of Redis at "
            + settings.place()
            + ", and this job writes generation "
            + generation
            + "; stop this job, or give it a higher generation or another namespace");
  }
}
