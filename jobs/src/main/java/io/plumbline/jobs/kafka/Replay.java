package io.plumbline.jobs.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Sends records to their topic again, as new ones. */
public final class Replay implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** How many may be on their way at a time. */
  private static final int BATCH = 1_000;

  private final KafkaSettings settings;
  private final KafkaProblems problems;
  private final KafkaProducer<byte[], byte[]> producer;

  private Replay(
      KafkaSettings settings, KafkaProblems problems, KafkaProducer<byte[], byte[]> producer) {
    this.settings = settings;
    this.problems = problems;
    this.producer = producer;
  }

  /** One that waits for no answer longer than 10 s. */
  public static Replay connect(KafkaSettings settings) {
    return connect(settings, PATIENCE);
  }

  /**
   * @param patience with one answer of the cluster
   * @throws io.plumbline.UserError if the settings are wrong; whether the cluster is there shows
   *     when something is sent
   */
  public static Replay connect(KafkaSettings settings, Duration patience) {
    KafkaProblems problems = new KafkaProblems(settings.bootstrap(), patience);
    String millis = Long.toString(patience.toMillis());
    try {
      return new Replay(
          settings,
          problems,
          new KafkaProducer<>(
              settings.client(
                  Map.of(
                      "acks", "all",
                      "linger.ms", "0",
                      "max.block.ms", millis,
                      "request.timeout.ms", millis,
                      "delivery.timeout.ms", millis)),
              new ByteArraySerializer(),
              new ByteArraySerializer()));
    } catch (KafkaException e) {
      throw problems.misconfigured(e);
    }
  }

  /** A place in a topic. */
  public record Position(int partition, long offset) {}

  /**
   * What is to be sent again.
   *
   * @param position where it lay
   * @param value of the record
   */
  public record Copy(Position position, byte[] value) {}

  /**
   * What was sent.
   *
   * @param records how many
   * @param bare how many of them have lost their key and headers, because the log does not have the
   *     original any more
   */
  public record Sent(int records, int bare) {}

  /**
   * Sends each record once, with the key and the headers that its original has in the log, and
   * returns when the cluster has all of them.
   *
   * @throws io.plumbline.UserError if the topic is not there or does not take them; those before
   *     the failure may have been sent
   */
  public Sent send(String topic, List<Copy> copies) {
    try (Topics topics = Topics.connect(settings, problems.patience())) {
      topics.partitions(topic);
    }
    String what = "accept records for topic " + topic;
    int bare = 0;
    try (Originals originals = new Originals(settings, problems)) {
      for (int from = 0; from < copies.size(); from += BATCH) {
        List<Copy> batch = copies.subList(from, Math.min(copies.size(), from + BATCH));
        var found = originals.of(topic, batch.stream().map(Copy::position).toList());
        List<Future<?>> sent = new ArrayList<>();
        for (Copy copy : batch) {
          ConsumerRecord<byte[], byte[]> original = found.get(copy.position);
          bare += original == null ? 1 : 0;
          sent.add(send(again(topic, copy, original), what));
        }
        sent.forEach(one -> problems.await(one, what));
      }
    }
    return new Sent(copies.size(), bare);
  }

  private static ProducerRecord<byte[], byte[]> again(
      String topic, Copy copy, ConsumerRecord<byte[], byte[]> original) {
    return original == null
        ? new ProducerRecord<>(topic, copy.value)
        : new ProducerRecord<>(topic, null, original.key(), copy.value, original.headers());
  }

  private Future<?> send(ProducerRecord<byte[], byte[]> record, String what) {
    try {
      return producer.send(record);
    } catch (KafkaException e) {
      throw problems.explain(e, what);
    }
  }

  @Override
  public void close() {
    producer.close(Duration.ZERO);
  }
}
