package io.plumbline.savepoints.bootstrap;

import io.plumbline.jobs.local.LocalKafka;
import io.plumbline.jobs.local.LocalRedis;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A broker, a Redis, and the writer of topics. */
final class Servers implements AutoCloseable {
  /** Records keep the time that their writer gives them. */
  static final Map<String, String> CREATE_TIME = Map.of("message.timestamp.type", "CreateTime");

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final LocalRedis redis;
  private final LocalKafka kafka;
  private final KafkaProducer<byte[], byte[]> producer;
  private final List<Future<RecordMetadata>> sent = new ArrayList<>();

  private Servers(LocalRedis redis, LocalKafka kafka) {
    this.redis = redis;
    this.kafka = kafka;
    producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", kafka.bootstrap(), "linger.ms", 5, "batch.size", 1 << 16),
            new ByteArraySerializer(),
            new ByteArraySerializer());
  }

  static Servers start(Path folder) throws IOException {
    LocalRedis redis = LocalRedis.in(folder.resolve("redis")).start();
    return new Servers(redis, LocalKafka.start(0, folder.resolve("kafka")));
  }

  LocalKafka kafka() {
    return kafka;
  }

  LocalRedis redis() {
    return redis;
  }

  /** Sends without waiting. */
  void send(String topic, int partition, long timestamp, byte[] value) {
    sent.add(producer.send(new ProducerRecord<>(topic, partition, timestamp, null, value)));
  }

  /** Waits until the broker has all that was sent. */
  void flush() throws Exception {
    for (Future<RecordMetadata> one : sent) {
      one.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
    sent.clear();
  }

  /** Deletes a partition's records before an offset. */
  void drop(String topic, int partition, long before) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrap()))) {
      TopicPartition of = new TopicPartition(topic, partition);
      admin
          .deleteRecords(Map.of(of, RecordsToDelete.beforeOffset(before)))
          .all()
          .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
  }

  /** Waits until something is so. */
  static void await(String what, Callable<Boolean> holds) throws Exception {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!holds.call()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("waited in vain for " + what);
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
    }
  }

  @Override
  public void close() {
    producer.close(Duration.ofSeconds(1));
    kafka.close();
    redis.close();
  }
}
