package io.plumbline.savepoints.serving;

import io.plumbline.jobs.redis.ReaderSettings;
import io.plumbline.jobs.redis.RedisConnection;
import io.plumbline.jobs.redis.RedisSettings;

/** The namespace that readers use. */
final class Serving {
  private Serving() {}

  /**
   * Connects to it.
   *
   * @param settings with the namespace where readers begin to look
   */
  static RedisConnection open(RedisSettings settings) {
    try (RedisConnection connection = RedisConnection.open(settings)) {
      return RedisConnection.open(settings.withNamespace(new ReaderSettings(connection).serving()));
    }
  }
}
