package io.plumbline.jobs.stream;

import io.plumbline.jobs.local.LocalKafka;
import io.plumbline.jobs.local.LocalRedis;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A broker and a Redis that the tests of a class share, and the writer of their topics. */
final class Servers implements AutoCloseable {
  /** Records keep the time that their writer gives them. */
  static final Map<String, String> CREATE_TIME = Map.of("message.timestamp.type", "CreateTime");

  /** Records get the broker's time. */
  static final Map<String, String> APPEND_TIME = Map.of("message.timestamp.type", "LogAppendTime");

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final LocalKafka kafka;
  private final LocalRedis redis;
  private final KafkaProducer<byte[], byte[]> producer;
  private final ConcurrentLinkedQueue<Future<RecordMetadata>> sent = new ConcurrentLinkedQueue<>();

  private Servers(LocalKafka kafka, LocalRedis redis) {
    this.kafka = kafka;
    this.redis = redis;
    producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", kafka.bootstrap(), "linger.ms", 0, "batch.size", 1024),
            new ByteArraySerializer(),
            new ByteArraySerializer());
  }

  static Servers start(Path folder) throws IOException {
    LocalRedis redis = LocalRedis.in(folder.resolve("redis")).start();
    return new Servers(LocalKafka.start(0, folder.resolve("kafka")), redis);
  }

  LocalKafka kafka() {
    return kafka;
  }

  LocalRedis redis() {
    return redis;
  }

  /**
   * Sends without waiting.
   *
   * @param timestamp epoch ms; null for the clock's
   */
  void send(String topic, int partition, Long timestamp, byte[] value) {
    sent.add(producer.send(new ProducerRecord<>(topic, partition, timestamp, null, value)));
  }

  /** The same with text and the clock's time. */
  void send(String topic, int partition, String value) {
    send(topic, partition, null, value.getBytes(StandardCharsets.UTF_8));
  }

  /** Waits until the broker has all that was sent. */
  void flush() throws Exception {
    for (Future<RecordMetadata> one = sent.poll(); one != null; one = sent.poll()) {
      try {
        one.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        throw new AssertionError("the broker does not take records: " + state(), e);
      }
    }
  }

  private String state() {
    return producer.metrics().entrySet().stream()
        .filter(m -> m.getKey().group().equals("producer-metrics"))
        .map(m -> m.getKey().name() + " " + m.getValue().metricValue())
        .sorted()
        .collect(Collectors.joining(", "));
  }

  /** A reader of a topic, from its beginning on. */
  TopicReader reader(String topic) {
    return new TopicReader(kafka.bootstrap(), topic);
  }

  @Override
  public void close() {
    producer.close(Duration.ofSeconds(1));
    kafka.close();
    redis.close();
  }
}
