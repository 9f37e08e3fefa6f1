package io.plumbline.jobs.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.plumbline.jobs.local.LocalKafka;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AnswerSinkIT {
  private static final int ANSWERS = 500;

  @RegisterExtension
  static final MiniClusterExtension CLUSTER =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberTaskManagers(1)
              .setNumberSlotsPerTaskManager(2)
              .build());

  @ParameterizedTest
  @EnumSource
  void everyAnswerArrivesOnceWhereNothingFails(AnswerSink.Delivery delivery, @TempDir Path dir)
      throws Exception {
    try (LocalKafka kafka = LocalKafka.start(0, dir)) {
      kafka.createTopic("answers", 1, Map.of());
      List<String> answers = IntStream.range(0, ANSWERS).mapToObj(i -> "row " + i).toList();
      StreamExecutionEnvironment env =
          StreamExecutionEnvironment.getExecutionEnvironment(
              new Configuration().set(PipelineOptions.GENERIC_TYPES, false));
      env.enableCheckpointing(200);
      env.fromData(Types.STRING, answers.toArray(String[]::new))
          .sinkTo(
              AnswerSink.of(
                  KafkaSettings.of(kafka.bootstrap()), "answers", new Text(), delivery, "job-1"))
          .setParallelism(1);
      env.execute();
      assertThat(committed(kafka, ANSWERS)).isEqualTo(answers);
    }
  }

  private static List<String> committed(LocalKafka kafka, int wanted) throws Exception {
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", kafka.bootstrap(), "isolation.level", "read_committed"),
            new StringDeserializer(),
            new StringDeserializer())) {
      List<TopicPartition> partition = List.of(new TopicPartition("answers", 0));
      consumer.assign(partition);
      consumer.seekToBeginning(partition);
      List<String> values = new ArrayList<>();
      Await.until(
          "all answers",
          () -> {
            consumer
                .poll(Duration.ofMillis(100))
                .forEach(
                    record -> {
                      assertThat(record.key()).isEqualTo("key of " + record.value());
                      values.add(record.value());
                    });
            return values.size() >= wanted;
          });
      return values;
    }
  }

  private static final class Text implements AnswerSink.Encoder<String> {
    private static final long serialVersionUID = 1L;

    @Override
    public byte[] key(String answer) {
      return value("key of " + answer);
    }

    @Override
    public byte[] value(String answer) {
      return answer.getBytes(StandardCharsets.UTF_8);
    }
  }
}
