package io.plumbline.jobs.redis;

import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Consumer;

/** The hashes of a namespace as they lie in Redis, for those who know no definitions. */
public final class StoredHashes {
  private static final int PAGE = 1000;

  private final RedisConnection redis;

  /**
   * @param redis whose namespace is read
   */
  public StoredHashes(RedisConnection redis) {
    this.redis = redis;
  }

  /** Shows an entity's keys, a page at a time; some twice, and those that come or go maybe not. */
  public void forEachPage(String entity, Consumer<List<String>> action) {
    String prefix = redis.keys().hashes(entity);
    ScanArgs pattern = ScanArgs.Builder.limit(PAGE).match(prefix + "*");
    KeyScanCursor<String> page = redis.ask(c -> c.scan(pattern));
    while (true) {
      action.accept(page.getKeys().stream().map(k -> k.substring(prefix.length())).toList());
      if (page.isFinished()) {
        return;
      }
      ScanCursor next = page;
      page = redis.ask(c -> c.scan(next, pattern));
    }
  }

  /** Some keys of an entity; all of them if it has no more than that. */
  public List<String> some(String entity, int count) {
    String prefix = redis.keys().hashes(entity);
    ScanArgs pattern = ScanArgs.Builder.limit(PAGE).match(prefix + "*");
    List<String> some = new ArrayList<>();
    KeyScanCursor<String> page = redis.ask(c -> c.scan(pattern));
    while (true) {
      page.getKeys().forEach(key -> some.add(key.substring(prefix.length())));
      if (page.isFinished() || some.size() >= count) {
        return some.subList(0, Math.min(count, some.size()));
      }
      ScanCursor next = page;
      page = redis.ask(c -> c.scan(next, pattern));
    }
  }

  /** Fields of keys, in their order; empty for those that are not there. */
  public List<Map<String, String>> read(String entity, List<String> keys) {
    List<RedisFuture<Map<String, String>>> replies = new ArrayList<>(keys.size());
    keys.forEach(key -> replies.add(redis.async().hgetall(redis.keys().hash(entity, key))));
    return replies.stream().map(reply -> redis.<Map<String, String>>ask(c -> reply)).toList();
  }

  /** Which generation wrote a key; empty if it is not there. */
  public OptionalLong generation(String entity, String key) {
    String generation =
        redis.ask(c -> c.hget(redis.keys().hash(entity, key), RedisKeys.GENERATION));
    return generation == null ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(generation));
  }
}
