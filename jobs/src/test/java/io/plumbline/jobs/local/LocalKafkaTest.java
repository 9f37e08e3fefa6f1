package io.plumbline.jobs.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plumbline.UserError;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalKafkaTest {
  private static final long LONG_AGO = 1_000;

  @Test
  void stampsWhatItAcceptsAndKeepsItOverRestarts(@TempDir Path dir) throws Exception {
    long before = System.currentTimeMillis();
    try (LocalKafka kafka = LocalKafka.start(0, dir)) {
      kafka.createTopic("stamped", 2, Map.of("message.timestamp.type", "LogAppendTime"));
      kafka.createTopic("kept", 1, Map.of());
      send(kafka, "stamped");
      send(kafka, "kept");
      ConsumerRecord<byte[], byte[]> stamped = read(kafka, "stamped").get(0);
      assertThat(stamped.timestamp()).isBetween(before, System.currentTimeMillis());
      assertThat(stamped.timestampType()).isEqualTo(TimestampType.LOG_APPEND_TIME);
      assertThatThrownBy(() -> kafka.createTopic("kept", 1, Map.of()))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("cannot create topic kept: it exists already");
    }
    try (LocalKafka kafka = LocalKafka.start(0, dir)) {
      List<ConsumerRecord<byte[], byte[]>> kept = read(kafka, "kept");
      assertThat(kept).hasSize(1);
      assertThat(kept.get(0).timestamp()).isEqualTo(LONG_AGO);
      assertThat(kept.get(0).value()).asString().isEqualTo("hello");
    }
  }

  @Test
  void refusesATakenPort(@TempDir Path dir) throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("localhost"))) {
      assertThatThrownBy(() -> LocalKafka.start(taken.getLocalPort(), dir))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("port " + taken.getLocalPort() + " on localhost is taken");
    }
  }

  private static void send(LocalKafka kafka, String topic) throws Exception {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", kafka.bootstrap()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      byte[] hello = "hello".getBytes(StandardCharsets.UTF_8);
      producer
          .send(new ProducerRecord<>(topic, 0, LONG_AGO, null, hello))
          .get(10, TimeUnit.SECONDS);
    }
  }

  private static List<ConsumerRecord<byte[], byte[]>> read(LocalKafka kafka, String topic) {
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", kafka.bootstrap()),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      List<TopicPartition> partition = List.of(new TopicPartition(topic, 0));
      consumer.assign(partition);
      consumer.seekToBeginning(partition);
      List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
      long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
      while (records.isEmpty() && System.nanoTime() - deadline < 0) {
        consumer.poll(Duration.ofMillis(100)).forEach(records::add);
      }
      return records;
    }
  }
}
