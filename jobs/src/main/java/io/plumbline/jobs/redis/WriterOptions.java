package io.plumbline.jobs.redis;

import java.io.Serializable;
import java.time.Duration;

/**
 * How a job writes features.
 *
 * @param generation of the job's values; those of a higher one replace them
 * @param tombstone how long an emptied key stays, so that a late write cannot bring it back
 */
public record WriterOptions(
    RedisSettings redis, long generation, Duration tombstone, WriteLimits limits)
    implements Serializable {

  /** Options with defaults. */
  public static WriterOptions of(RedisSettings redis, long generation) {
    return new WriterOptions(redis, generation, Duration.ofSeconds(60), WriteLimits.DEFAULT);
  }

  /** These options with another life of tombstones. */
  public WriterOptions withTombstone(Duration life) {
    return new WriterOptions(redis, generation, life, limits);
  }

  /** These options with other limits. */
  public WriterOptions withLimits(WriteLimits other) {
    return new WriterOptions(redis, generation, tombstone, other);
  }
}
