package io.plumbline.jobs.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Records as they lie in a log, by their positions. */
final class Originals implements AutoCloseable {
  private static final Duration LOOK = Duration.ofMillis(500);

  private final KafkaProblems problems;
  private final KafkaConsumer<byte[], byte[]> consumer;

  Originals(KafkaSettings settings, KafkaProblems problems) {
    this.problems = problems;
    Properties client =
        settings.client(Map.of("isolation.level", "read_committed", "fetch.max.wait.ms", "100"));
    client.put("enable.auto.commit", "false");
    client.put("auto.offset.reset", "earliest");
    client.put("allow.auto.create.topics", "false");
    client.put("max.poll.records", "1");
    client.remove("group.id");
    try {
      consumer =
          new KafkaConsumer<>(client, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    } catch (KafkaException e) {
      throw problems.misconfigured(e);
    }
  }

  /**
   * The records that a topic still has, by position.
   *
   * @throws io.plumbline.UserError if it cannot be read
   */
  Map<Replay.Position, ConsumerRecord<byte[], byte[]>> of(
      String topic, Collection<Replay.Position> positions) {
    Map<Integer, List<Replay.Position>> byPartition = new TreeMap<>();
    positions.forEach(
        p -> byPartition.computeIfAbsent(p.partition(), n -> new ArrayList<>()).add(p));
    Map<Replay.Position, ConsumerRecord<byte[], byte[]>> found = new HashMap<>();
    try {
      byPartition.forEach(
          (partition, wanted) -> read(new TopicPartition(topic, partition), wanted, found));
    } catch (KafkaException e) {
      throw problems.explain(e, "read topic " + topic);
    }
    return found;
  }

  private void read(
      TopicPartition partition,
      List<Replay.Position> wanted,
      Map<Replay.Position, ConsumerRecord<byte[], byte[]>> found) {
    List<TopicPartition> one = List.of(partition);
    consumer.assign(one);
    long from = consumer.beginningOffsets(one, problems.patience()).get(partition);
    long to = consumer.endOffsets(one, problems.patience()).get(partition);
    wanted.sort(Comparator.comparingLong(Replay.Position::offset));
    for (Replay.Position position : wanted) {
      if (position.offset() >= from && position.offset() < to) {
        at(partition, position.offset()).ifPresent(record -> found.put(position, record));
      }
    }
  }

  private Optional<ConsumerRecord<byte[], byte[]>> at(TopicPartition partition, long offset) {
    if (consumer.position(partition, problems.patience()) != offset) {
      consumer.seek(partition, offset);
    }
    long deadline = System.nanoTime() + problems.patience().toNanos();
    while (System.nanoTime() - deadline < 0) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(LOOK)) {
        return record.offset() == offset ? Optional.of(record) : Optional.empty();
      }
      if (consumer.position(partition, problems.patience()) > offset) {
        return Optional.empty();
      }
    }
    return Optional.empty();
  }

  @Override
  public void close() {
    consumer.close(Duration.ZERO);
  }
}
