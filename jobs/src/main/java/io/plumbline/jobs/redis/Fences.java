package io.plumbline.jobs.redis;

import io.lettuce.core.RedisFuture;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.cluster.SlotHash;
import io.plumbline.UserError;
import java.util.ArrayList;
import java.util.List;

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
    String fence = redis.isCluster() ? redis.keys().fence(0) : redis.keys().fence();
    String standing = redis.ask(commands -> commands.get(fence));
    if (standing != null && Long.parseLong(standing) > generation) {
      throw fenced(redis.settings(), generation, "generation " + standing);
    }
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
