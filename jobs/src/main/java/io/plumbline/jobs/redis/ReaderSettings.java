package io.plumbline.jobs.redis;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What readers go by, and look at anew within a second: the namespace that serves, and versions of
 * features that are pinned. Jobs do not look at it.
 */
public final class ReaderSettings {
  private final RedisConnection redis;

  /**
   * @param redis whose namespace readers begin with, usually the default one
   */
  public ReaderSettings(RedisConnection redis) {
    this.redis = redis;
  }

  /** Versions by the name of the feature. */
  public Map<String, String> pins() {
    return new TreeMap<>(redis.<Map<String, String>>ask(c -> c.hgetall(redis.keys().active())));
  }

  /**
   * Has readers take one version of a feature.
   *
   * @return the version that was pinned before, if one was
   */
  public Optional<String> pin(String feature, int version) {
    Optional<String> before = Optional.ofNullable(pins().get(feature));
    redis.ask(c -> c.hset(redis.keys().active(), feature, Integer.toString(version)));
    return before;
  }

  /**
   * Lets readers take whichever version they would.
   *
   * @return whether one was pinned
   */
  public boolean unpin(String feature) {
    return redis.ask(c -> c.hdel(redis.keys().active(), feature)) > 0;
  }

  /** The namespace that readers use. */
  public String serving() {
    return FeatureStore.servingNamespace(redis);
  }

  /**
   * Has readers use a namespace, from one moment to the next.
   *
   * @return the one that they used before
   */
  public String serve(String namespace) {
    String value = redis.ask(c -> c.getset(redis.keys().serving(), namespace));
    String before = value == null ? redis.settings().namespace() : value;
    if (!before.equals(namespace)) {
      redis.ask(c -> c.set(redis.keys().servedBefore(), before));
    }
    return before;
  }

  /** The namespace that readers used before this one; empty if they have used no other. */
  public Optional<String> servedBefore() {
    return Optional.ofNullable(redis.ask(c -> c.get(redis.keys().servedBefore())));
  }
}
