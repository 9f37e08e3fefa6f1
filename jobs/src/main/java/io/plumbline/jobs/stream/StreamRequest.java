package io.plumbline.jobs.stream;

import io.plumbline.jobs.redis.WriterOptions;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * What a user asks of a live job.
 *
 * @param name of the job: who owns the entities that it writes
 * @param definitions folder of definitions
 * @param logs where events come from
 * @param redis where features go
 * @param rejectedKept how many rejected records of each source are kept, about
 * @param asking observations and their answers; empty if nobody asks
 * @param dropped ids of features whose history may be lost
 */
public record StreamRequest(
    String name,
    Path definitions,
    KafkaLogs logs,
    WriterOptions redis,
    long rejectedKept,
    Optional<Asking> asking,
    Set<String> dropped) {

  /** One that loses no feature's history. */
  public StreamRequest(
      String name,
      Path definitions,
      KafkaLogs logs,
      WriterOptions redis,
      long rejectedKept,
      Optional<Asking> asking) {
    this(name, definitions, logs, redis, rejectedKept, asking, Set.of());
  }

  /** The same, with events from elsewhere. */
  StreamRequest from(KafkaLogs other) {
    return new StreamRequest(name, definitions, other, redis, rejectedKept, asking, dropped);
  }

  /** The same, which may lose features' history. */
  public StreamRequest dropping(Set<String> ids) {
    return new StreamRequest(name, definitions, logs, redis, rejectedKept, asking, Set.copyOf(ids));
  }

  /**
   * Log and wait.
   *
   * @param observations topic of observations, each a JSON object
   * @param answers topic of answers
   * @param timestampColumn says when an observation was made
   * @param delayMs how long after it was made an observation may take to reach its topic
   */
  public record Asking(String observations, String answers, String timestampColumn, long delayMs) {}
}
