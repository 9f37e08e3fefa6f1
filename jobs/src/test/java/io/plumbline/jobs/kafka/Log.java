package io.plumbline.jobs.kafka;

import io.plumbline.jobs.local.LocalKafka;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Writes to a topic. */
final class Log implements AutoCloseable {
  static final Map<String, String> APPEND_TIME = Map.of("message.timestamp.type", "LogAppendTime");

  private final String topic;
  private final KafkaProducer<byte[], byte[]> producer;
  private final List<Future<?>> sent = new ArrayList<>();

  private Log(LocalKafka kafka, String topic, Map<String, Object> config) {
    this.topic = topic;
    Map<String, Object> all = new HashMap<>(config);
    all.put("bootstrap.servers", kafka.bootstrap());
    producer = new KafkaProducer<>(all, new ByteArraySerializer(), new ByteArraySerializer());
  }

  static Log create(LocalKafka kafka, String topic, int partitions, Map<String, String> config) {
    kafka.createTopic(topic, partitions, config);
    return new Log(kafka, topic, Map.of());
  }

  /** Another writer. */
  static Log of(LocalKafka kafka, String topic) {
    return new Log(kafka, topic, Map.of());
  }

  /** Another writer, which gives each record a batch of its own. */
  static Log unbatched(LocalKafka kafka, String topic) {
    return new Log(kafka, topic, Map.of("batch.size", 0));
  }

  /** Another writer, whose records belong to transactions. */
  static Log transactional(LocalKafka kafka, String topic) {
    Log log = new Log(kafka, topic, Map.of("transactional.id", "writer of " + topic));
    log.producer.initTransactions();
    return log;
  }

  KafkaProducer<byte[], byte[]> producer() {
    return producer;
  }

  /** Sends without waiting. */
  void send(int partition, Long timestamp, String value) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    sent.add(producer.send(new ProducerRecord<>(topic, partition, timestamp, null, bytes)));
  }

  /** Sends, waits, and says at which moment the log had it. */
  long append(int partition, String value) throws Exception {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    return producer
        .send(new ProducerRecord<>(topic, partition, null, null, bytes))
        .get(10, TimeUnit.SECONDS)
        .timestamp();
  }

  /** Waits for all that was sent. */
  void flush() throws Exception {
    for (Future<?> one : sent) {
      one.get(10, TimeUnit.SECONDS);
    }
    sent.clear();
  }

  @Override
  public void close() {
    producer.close();
  }
}
