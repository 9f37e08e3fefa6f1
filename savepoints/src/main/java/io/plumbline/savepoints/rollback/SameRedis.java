package io.plumbline.savepoints.rollback;

import io.plumbline.UserError;
import io.plumbline.jobs.redis.RedisConnection;
import io.plumbline.jobs.redis.RedisSettings;
import java.time.Duration;
import java.util.Collections;
import java.util.Optional;

/** Whether two addresses lead to one Redis: a server has many names. */
final class SameRedis {
  private static final Duration PATIENCE = Duration.ofSeconds(3);
  private static final String RUN_ID = "run_id:";

  private SameRedis() {}

  /**
   * @param recorded addresses as a job was given them
   */
  static boolean isAt(String recorded, RedisConnection given) {
    RedisSettings theirs = RedisSettings.at(recorded);
    RedisSettings ours = given.settings();
    if (theirs.database() != ours.database()) {
      return false;
    }
    return !Collections.disjoint(theirs.addresses(), ours.addresses())
        || runId(theirs, ours).filter(id -> Optional.of(id).equals(runId(given))).isPresent();
  }

  /** What a server calls itself until it is started again; empty if it cannot be reached. */
  private static Optional<String> runId(RedisSettings theirs, RedisSettings ours) {
    RedisSettings settings =
        new RedisSettings(
            theirs.addresses(),
            theirs.transport(),
            theirs.database(),
            ours.user(),
            ours.password(),
            ours.caFile(),
            ours.namespace(),
            PATIENCE,
            ours.commandTimeout());
    try (RedisConnection connection = RedisConnection.open(settings)) {
      return runId(connection);
    } catch (UserError e) {
      return Optional.empty();
    }
  }

  private static Optional<String> runId(RedisConnection redis) {
    return redis
        .ask(commands -> commands.info("server"))
        .lines()
        .filter(line -> line.startsWith(RUN_ID))
        .findFirst();
  }
}
