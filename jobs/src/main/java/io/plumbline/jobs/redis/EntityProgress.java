package io.plumbline.jobs.redis;

import java.util.Map;
import java.util.TreeMap;

/**
 * How far an entity is written.
 *
 * @param generation that wrote it
 * @param time knowledge time, epoch ms
 */
public record EntityProgress(long generation, long time) {
  private static final String GENERATION = "_gen:";

  /**
   * What jobs of the connection's namespace have said, by entity.
   *
   * @throws io.plumbline.UserError if Redis cannot be asked
   */
  public static Map<String, EntityProgress> all(RedisConnection redis) {
    Map<String, String> fields = redis.ask(c -> c.hgetall(redis.keys().progress()));
    Map<String, EntityProgress> all = new TreeMap<>();
    fields.forEach(
        (entity, time) -> {
          String generation = fields.get(GENERATION + entity);
          if (entity.charAt(0) != '_' && generation != null) {
            all.put(entity, new EntityProgress(Long.parseLong(generation), Long.parseLong(time)));
          }
        });
    return all;
  }

  /**
   * Has nobody say any more how far an entity is, which no job writes and none of whose keys are
   * left.
   *
   * @throws io.plumbline.UserError if Redis cannot be asked
   */
  public static void forget(RedisConnection redis, String entity) {
    redis.ask(
        c ->
            c.hdel(
                redis.keys().progress(),
                entity,
                GENERATION + entity,
                ProgressGate.OPEN + entity,
                ProgressGate.REACHED + entity));
  }
}
