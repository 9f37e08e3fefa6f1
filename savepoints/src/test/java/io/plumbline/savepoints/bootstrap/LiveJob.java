package io.plumbline.savepoints.bootstrap;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.plumbline.definition.DefinitionLoader;
import io.plumbline.jobs.app.JobOptions;
import io.plumbline.jobs.kafka.KafkaSettings;
import io.plumbline.jobs.kafka.LogStart;
import io.plumbline.jobs.kafka.RegistrySettings;
import io.plumbline.jobs.redis.FeatureStore;
import io.plumbline.jobs.redis.RedisConnection;
import io.plumbline.jobs.redis.RedisSettings;
import io.plumbline.jobs.redis.WriterOptions;
import io.plumbline.jobs.stream.KafkaLogs;
import io.plumbline.jobs.stream.Stream;
import io.plumbline.jobs.stream.StreamRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** A live job of a test, with a namespace of Redis to itself. */
final class LiveJob implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Servers servers;
  private final String name;
  private final Path definitions;
  private final RedisConnection redis;
  private JobClient job;

  LiveJob(Servers servers, String name, Path definitions) {
    this.servers = servers;
    this.name = name;
    this.definitions = definitions;
    redis = RedisConnection.open(settings());
  }

  private RedisSettings settings() {
    return RedisSettings.at(servers.redis().uri()).withNamespace(name);
  }

  /**
   * Starts it.
   *
   * @param from savepoint; null for none
   * @param observations topic; null if nobody asks
   */
  LiveJob start(String backend, int parallelism, String from, String observations)
      throws Exception {
    Configuration configuration = new Configuration();
    configuration.set(PipelineOptions.GENERIC_TYPES, false);
    configuration.set(PipelineOptions.OBJECT_REUSE, true);
    configuration.set(PipelineOptions.MAX_PARALLELISM, JobOptions.MAX_PARALLELISM);
    configuration.set(PipelineOptions.AUTO_WATERMARK_INTERVAL, Duration.ofMillis(50));
    configuration.set(StateBackendOptions.STATE_BACKEND, backend);
    configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(500));
    configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
    if (from != null) {
      configuration.set(StateRecoveryOptions.SAVEPOINT_PATH, from);
    }
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.getExecutionEnvironment(configuration);
    env.setParallelism(parallelism);
    if (observations != null) {
      servers.kafka().createTopicIfMissing(answersTopic(), 1, Map.of());
    }
    StreamRequest request =
        new StreamRequest(
            name,
            definitions,
            new KafkaLogs(
                KafkaSettings.of(servers.kafka().bootstrap()),
                RegistrySettings.none(),
                new LogStart.Earliest(),
                name),
            WriterOptions.of(settings(), 1),
            100_000,
            Optional.ofNullable(observations)
                .map(topic -> new StreamRequest.Asking(topic, answersTopic(), "at", 1_000)));
    Stream.define(request, env);
    job = env.executeAsync(name);
    return this;
  }

  private String answersTopic() {
    return "answers-" + name;
  }

  JobClient client() {
    return job;
  }

  FeatureStore store() {
    return new FeatureStore(redis, DefinitionLoader.load(definitions));
  }

  /** Up to when every entity is written, epoch ms. */
  long progress() {
    Map<String, Long> progress = store().progress();
    return DefinitionLoader.load(definitions).entities().stream()
        .mapToLong(entity -> progress.getOrDefault(entity.name(), Long.MIN_VALUE))
        .min()
        .orElseThrow();
  }

  /** Waits until Redis holds everything known by a time. */
  LiveJob awaitWritten(long time) throws Exception {
    Servers.await(
        "progress of " + name + " past " + time,
        () -> {
          if (job.getJobStatus().get() == JobStatus.FAILED) {
            job.getJobExecutionResult().get();
          }
          return progress() >= time;
        });
    return this;
  }

  /** Stops it. */
  String stop(Path savepoints) throws Exception {
    String savepoint =
        job.stopWithSavepoint(false, savepoints.toUri().toString(), SavepointFormatType.CANONICAL)
            .get(60, TimeUnit.SECONDS);
    job.getJobExecutionResult().get(60, TimeUnit.SECONDS);
    job = null;
    return savepoint;
  }

  /** Waits for so many answers. */
  List<JsonNode> answers(int count) throws Exception {
    List<JsonNode> answers = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", servers.kafka().bootstrap()),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      List<TopicPartition> one = List.of(new TopicPartition(answersTopic(), 0));
      consumer.assign(one);
      consumer.seekToBeginning(one);
      Servers.await(
          count + " answers",
          () -> {
            for (var record : consumer.poll(Duration.ofMillis(100))) {
              answers.add(JSON.readTree(record.value()));
            }
            return answers.size() >= count;
          });
    }
    return answers;
  }

  /** Says that it has ended by itself. */
  void ended() {
    job = null;
  }

  @Override
  public void close() {
    if (job != null) {
      job.cancel().orTimeout(60, TimeUnit.SECONDS).join();
    }
    redis.close();
  }
}
