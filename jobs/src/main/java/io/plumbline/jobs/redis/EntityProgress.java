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
          String generation = fields.get("_gen:" + entity);
          if (entity.charAt(0) != '_' && generation != null) {
            all.put(entity, new EntityProgress(Long.parseLong(generation), Long.parseLong(time)));
          }
        });
    return all;
  }
}
