package io.plumbline.savepoints;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.plumbline.jobs.local.LocalKafka;
import io.plumbline.jobs.stream.StreamRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Observations of users of shops in a topic, and what jobs answer. */
final class Questions {
  private static final String TOPIC = "questions";
  private static final long DELAY_MS = 1000;

  private final LocalKafka kafka;
  private final List<String> asked = new ArrayList<>();

  /** Creates the topics. */
  Questions(LocalKafka kafka, Iterable<String> jobs) {
    this.kafka = kafka;
    kafka.createTopic(TOPIC, 1, Map.of());
    jobs.forEach(job -> kafka.createTopic(answers(job), 1, Map.of()));
  }

  private static String answers(String job) {
    return "answers-of-" + job;
  }

  /** What a job is told of them. */
  static Optional<StreamRequest.Asking> to(String job) {
    return Optional.of(new StreamRequest.Asking(TOPIC, answers(job), "at", DELAY_MS));
  }

  /** Asks about every user at a time, epoch ms. */
  void ask(long at) throws Exception {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", kafka.bootstrap()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      for (int user = 0; user < Shop.USERS; user++) {
        String row =
            String.format(
                "{\"row\": %d, \"user_id\": \"u%d\", \"shop_id\": \"s%d\", \"at\": \"%s\"}",
                asked.size(), user, user % 2, Instant.ofEpochMilli(at));
        producer.send(new ProducerRecord<>(TOPIC, row.getBytes(StandardCharsets.UTF_8))).get();
        asked.add(row);
      }
    }
  }

  /** All that were asked, in the order of their rows. */
  List<String> asked() {
    return List.copyOf(asked);
  }

  /** Waits until a job has answered some by time. */
  void awaitAnswered(String job, int count) throws Exception {
    LiveJobs.await(count + " answers of " + job, () -> answered(job).size() >= count);
  }

  /** What a job has answered, by row; each once. */
  Map<String, JsonNode> answered(String job) throws Exception {
    Map<String, Object> settings = new HashMap<>();
    settings.put("bootstrap.servers", kafka.bootstrap());
    settings.put("isolation.level", "read_committed");
    Map<String, JsonNode> answered = new HashMap<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      TopicPartition topic = new TopicPartition(answers(job), 0);
      consumer.assign(List.of(topic));
      consumer.seekToBeginning(List.of(topic));
      long end = consumer.endOffsets(List.of(topic)).get(topic);
      while (consumer.position(topic) < end) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
          JsonNode answer = Json.MAPPER.readTree(record.value());
          assertThat(answered.put(answer.get("row").asText(), answer)).isNull();
        }
      }
    }
    return answered;
  }
}
