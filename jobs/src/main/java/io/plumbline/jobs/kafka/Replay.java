package io.plumbline.jobs.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Sends payloads to a topic, as new records without keys. */
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

  /**
   * Sends each payload once, and returns when the cluster has all of them.
   *
   * @return how many
   * @throws io.plumbline.UserError if the topic is not there or does not take them; those before
   *     the failure may have been sent
   */
  public int send(String topic, List<byte[]> payloads) {
    try (Topics topics = Topics.connect(settings, problems.patience())) {
      topics.partitions(topic);
    }
    String what = "accept records for topic " + topic;
    for (int from = 0; from < payloads.size(); from += BATCH) {
      List<Future<?>> sent = new ArrayList<>();
      for (byte[] payload : payloads.subList(from, Math.min(payloads.size(), from + BATCH))) {
        try {
          sent.add(producer.send(new ProducerRecord<>(topic, payload)));
        } catch (KafkaException e) {
          throw problems.explain(e, what);
        }
      }
      sent.forEach(one -> problems.await(one, what));
    }
    return payloads.size();
  }

  @Override
  public void close() {
    producer.close(Duration.ZERO);
  }
}
