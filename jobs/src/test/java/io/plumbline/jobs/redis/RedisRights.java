package io.plumbline.jobs.redis;

/** What a job's user may do in Redis, as docs/redis.md gives it. */
public final class RedisRights {
  private RedisRights() {}

  /** Values of the server's option {@code user}. */
  public static String[] of(String user, String password) {
    return new String[] {
      user,
      "on",
      ">" + password,
      "~fs:*",
      "+@read",
      "+@write",
      "+@connection",
      "+@scripting",
      "-@dangerous",
      "+info",
      "+cluster"
    };
  }
}
