package io.plumbline.jobs.redis;

import java.util.Map;

/**
 * Up to which checkpoint each subtask that writes an entity has written everything: whatever came
 * to it before that checkpoint's barrier. It lies in Redis, because those who want to know run
 * elsewhere and before the writers.
 */
public final class WrittenCheckpoints {
  private final RedisConnection redis;
  private final String job;

  /**
   * @param job id of the Flink job, whose checkpoints are numbered
   */
  public WrittenCheckpoints(RedisConnection redis, String job) {
    this.redis = redis;
    this.job = job;
  }

  /** Notes it without waiting; a note that Redis does not take is made good by the next. */
  void note(String entity, int subtask, int subtasks, long checkpoint) {
    var unused =
        redis
            .async()
            .hset(
                redis.keys().written(entity),
                Integer.toString(subtask),
                job + " " + checkpoint + " " + subtasks);
  }

  /**
   * Whether every subtask has written what came before a checkpoint.
   *
   * @throws io.plumbline.UserError if Redis cannot be asked just now
   */
  public boolean reached(String entity, long checkpoint) {
    Map<String, String> notes = redis.ask(c -> c.hgetall(redis.keys().written(entity)));
    int subtasks = 1;
    for (int subtask = 0; subtask < subtasks; subtask++) {
      String[] note = notes.getOrDefault(Integer.toString(subtask), "").split(" ", -1);
      if (note.length < 3 || !note[0].equals(job) || Long.parseLong(note[1]) < checkpoint) {
        return false;
      }
      subtasks = Integer.parseInt(note[2]);
    }
    return true;
  }
}
