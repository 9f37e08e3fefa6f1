package io.plumbline.jobs.redis;

import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.KeyValue;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import io.lettuce.core.ScriptOutputType;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;

/**
 * Removes hashes that no state knows, as an old snapshot brings them back. To be begun when every
 * key that state knows has been written again: such a key's values are of no earlier time than
 * knowledge time had when that began. Whatever is older is a leftover.
 */
public final class Sweep {
  private static final int PAGE = 1000;

  private final RedisConnection redis;
  private final long generation;
  private final long before;
  private final long leastGeneration;
  private final Deque<String> entities;
  private ScanCursor cursor = ScanCursor.INITIAL;
  private long removed;

  /**
   * @param generation of the job; hashes of a higher one stay
   * @param before hashes with values of an earlier time go, epoch ms: a knowledge time that every
   *     subtask had passed when it began to write everything again
   */
  public Sweep(RedisConnection redis, Collection<String> entities, long generation, long before) {
    this(redis, entities, generation, before, Long.MIN_VALUE);
  }

  private Sweep(
      RedisConnection redis,
      Collection<String> entities,
      long generation,
      long before,
      long leastGeneration) {
    this.leastGeneration = leastGeneration;
    this.redis = redis;
    this.entities = new ArrayDeque<>(entities);
    this.generation = generation;
    this.before = before;
  }

  /**
   * Removes all hashes that an older generation wrote, of whatever time. To be begun when a job of
   * this generation has written every key that it knows, and has read as far as the older one had.
   *
   * @param generation of the job; hashes of a higher one stay
   */
  public static Sweep ofOlderGenerations(
      RedisConnection redis, Collection<String> entities, long generation) {
    return new Sweep(redis, entities, generation, Long.MIN_VALUE, generation);
  }

  /**
   * Goes on, for about as long as is given, and at least a step.
   *
   * @return whether it is done
   * @throws io.plumbline.UserError if Redis cannot be asked just now; it may be tried again
   */
  public boolean advance(Duration time) {
    long start = System.nanoTime();
    while (!entities.isEmpty()) {
      page(entities.getFirst());
      if (System.nanoTime() - start >= time.toNanos()) {
        break;
      }
    }
    return entities.isEmpty();
  }

  /** How many hashes were removed so far. */
  public long removed() {
    return removed;
  }

  private void page(String entity) {
    ScanArgs pattern = ScanArgs.Builder.limit(PAGE).match(redis.keys().hashes(entity) + "*");
    KeyScanCursor<String> page = redis.ask(c -> c.scan(cursor, pattern));
    for (String key : old(page.getKeys())) {
      removed +=
          (Long)
              redis.run(
                  Script.SWEEP,
                  ScriptOutputType.INTEGER,
                  List.of(key, redis.fenceOf(key)),
                  Long.toString(generation),
                  Long.toString(before),
                  Long.toString(leastGeneration));
    }
    cursor = page;
    if (page.isFinished()) {
      entities.removeFirst();
      cursor = ScanCursor.INITIAL;
    }
  }

  /** Those whose values are too old; the script looks again. */
  private List<String> old(List<String> keys) {
    List<RedisFuture<List<KeyValue<String, String>>>> origins = new ArrayList<>(keys.size());
    keys.forEach(
        key -> origins.add(redis.async().hmget(key, RedisKeys.AS_OF, RedisKeys.GENERATION)));
    List<String> old = new ArrayList<>();
    for (int i = 0; i < keys.size(); i++) {
      RedisFuture<List<KeyValue<String, String>>> reply = origins.get(i);
      List<KeyValue<String, String>> origin = redis.ask(c -> reply);
      if (isBelow(origin.get(0), before) || isBelow(origin.get(1), leastGeneration)) {
        old.add(keys.get(i));
      }
    }
    return old;
  }

  private static boolean isBelow(KeyValue<String, String> field, long least) {
    return field.hasValue() && Long.parseLong(field.getValue()) < least;
  }
}
