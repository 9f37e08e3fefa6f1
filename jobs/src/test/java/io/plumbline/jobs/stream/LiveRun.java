package io.plumbline.jobs.stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.plumbline.jobs.admission.Rejected;
import io.plumbline.jobs.feature.FeatureSet;
import io.plumbline.jobs.kafka.KafkaSettings;
import io.plumbline.jobs.kafka.LogStart;
import io.plumbline.jobs.kafka.RegistrySettings;
import io.plumbline.jobs.observations.ObservationOptions;
import io.plumbline.jobs.redis.FeatureStore;
import io.plumbline.jobs.redis.RedisConnection;
import io.plumbline.jobs.redis.RedisSettings;
import io.plumbline.jobs.redis.RejectedStream;
import io.plumbline.jobs.redis.RewriteSignal;
import io.plumbline.jobs.redis.WriterOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.checkpoint.CheckpointException;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.ExceptionUtils;

/**
 * A live job of a test, and what it has written: it has a namespace of Redis and topics of
 * observations and answers to itself, named after it.
 */
final class LiveRun implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MANY = 1_000_000;
  private static final long GENERATION = 1;

  private final Servers servers;
  private final String name;
  private final Options options;
  private final RedisConnection redis;
  private final Optional<TopicReader> answers;
  private FeatureSet.Plans plans;
  private JobClient job;

  /**
   * How a job runs.
   *
   * @param backend of its state, as Flink names it
   * @param savepoint to start from; null for none
   * @param client more settings of Kafka's clients
   */
  record Mode(int parallelism, String backend, String savepoint, Map<String, String> client) {
    static Mode of(int parallelism, String backend) {
      return new Mode(parallelism, backend, null, Map.of());
    }

    Mode from(String place) {
      return new Mode(parallelism, backend, place, client);
    }

    Mode client(Map<String, String> settings) {
      return new Mode(parallelism, backend, savepoint, settings);
    }
  }

  /**
   * What differs from job to job.
   *
   * @param observations topic; empty if nobody asks
   * @param tombstone how long an emptied key stays in Redis
   * @param redis addresses; empty for the servers' own
   */
  record Options(
      Path definitions,
      Optional<String> observations,
      Duration tombstone,
      RegistrySettings registry,
      Optional<String> redis) {
    static Options of(Path definitions) {
      return new Options(
          definitions,
          Optional.empty(),
          Duration.ofMinutes(5),
          RegistrySettings.none(),
          Optional.empty());
    }

    Options asking(String topic) {
      return new Options(definitions, Optional.of(topic), tombstone, registry, redis);
    }

    Options tombstone(Duration life) {
      return new Options(definitions, observations, life, registry, redis);
    }

    Options registry(RegistrySettings settings) {
      return new Options(definitions, observations, tombstone, settings, redis);
    }

    Options redis(String addresses) {
      return new Options(definitions, observations, tombstone, registry, Optional.of(addresses));
    }
  }

  /**
   * A job that is yet to be started.
   *
   * @param name letters, digits, dots and hyphens
   */
  LiveRun(Servers servers, String name, Options options) {
    this.servers = servers;
    this.name = name;
    this.options = options;
    redis = RedisConnection.open(redisSettings());
    answers = options.observations.map(topic -> createAnswers());
  }

  private RedisSettings redisSettings() {
    return RedisSettings.at(options.redis.orElse(servers.redis().uri())).withNamespace(name);
  }

  private TopicReader createAnswers() {
    servers.kafka().createTopic(answersTopic(), 1, Map.of());
    return servers.reader(answersTopic());
  }

  private String answersTopic() {
    return "answers-" + name;
  }

  LiveRun start(Mode mode) throws Exception {
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.getExecutionEnvironment(configuration(mode));
    env.setParallelism(mode.parallelism);
    KafkaSettings kafka = new KafkaSettings(servers.kafka().bootstrap(), mode.client);
    StreamRequest request =
        new StreamRequest(
            name,
            options.definitions,
            new KafkaLogs(kafka, options.registry, new LogStart.Earliest(), name),
            WriterOptions.of(redisSettings(), GENERATION).withTombstone(options.tombstone),
            MANY,
            options.observations.map(
                topic ->
                    new StreamRequest.Asking(
                        topic,
                        answersTopic(),
                        ObservationOptions.DEFAULT_TIMESTAMP_COLUMN,
                        1_000)));
    plans = Stream.define(request, env).set().plans();
    job = env.executeAsync(name);
    Await.until("the job to run", () -> job.getJobStatus().get() == JobStatus.RUNNING);
    return this;
  }

  private static Configuration configuration(Mode mode) {
    Configuration configuration = new Configuration();
    configuration.set(PipelineOptions.GENERIC_TYPES, false);
    configuration.set(PipelineOptions.OBJECT_REUSE, true);
    configuration.set(PipelineOptions.MAX_PARALLELISM, 16);
    configuration.set(PipelineOptions.AUTO_WATERMARK_INTERVAL, Duration.ofMillis(50));
    configuration.set(StateBackendOptions.STATE_BACKEND, mode.backend);
    configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(500));
    configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
    configuration.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, MANY);
    configuration.set(
        RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofMillis(100));
    if (mode.savepoint != null) {
      configuration.set(StateRecoveryOptions.SAVEPOINT_PATH, mode.savepoint);
    }
    return configuration;
  }

  /** What a job makes of its end. */
  enum Ending {
    /** It will go on: time stands still. */
    PAUSE,
    /** As if nothing more came for ever. */
    DRAIN
  }

  /**
   * Stops the job, once all of it runs, and returns its savepoint, which any state backend can
   * start from.
   */
  String stop(Path savepoints) throws Exception {
    return stop(savepoints, Ending.PAUSE);
  }

  /** The same with an ending of one's choice. */
  String stop(Path savepoints, Ending ending) throws Exception {
    AtomicReference<String> savepoint = new AtomicReference<>();
    Await.until(
        "a savepoint",
        () -> {
          savepoint.set(savepoint(savepoints, ending).orElse(null));
          return savepoint.get() != null;
        });
    job.getJobExecutionResult().get(60, TimeUnit.SECONDS);
    job = null;
    return savepoint.get();
  }

  /** Empty if some of the job was not running just then. */
  private Optional<String> savepoint(Path folder, Ending ending) throws Exception {
    try {
      return Optional.of(
          job.stopWithSavepoint(
                  ending == Ending.DRAIN, folder.toUri().toString(), SavepointFormatType.CANONICAL)
              .get(60, TimeUnit.SECONDS));
    } catch (ExecutionException e) {
      if (ExceptionUtils.findThrowable(e, CheckpointException.class).isEmpty()) {
        throw e;
      }
      return Optional.empty();
    }
  }

  FeatureSet.Plans plans() {
    return plans;
  }

  /** Flink's number of the job that runs; another one after each start. */
  JobID jobId() {
    return job.getJobID();
  }

  RedisConnection redis() {
    return redis;
  }

  FeatureStore store() {
    return new FeatureStore(redis, plans.definitions());
  }

  /** Up to when every entity is written, epoch ms; {@code Long.MIN_VALUE} before anything is. */
  long progress() {
    Map<String, Long> progress = store().progress();
    return plans.entities().stream()
        .mapToLong(plan -> progress.getOrDefault(plan.entity(), Long.MIN_VALUE))
        .min()
        .orElseThrow();
  }

  /** Waits until everything known by a time is in Redis, and nothing is to be written again. */
  void awaitWritten(long time) throws Exception {
    RewriteSignal signal =
        new RewriteSignal(redis, name, GENERATION, plans.definitions().fingerprint());
    Await.until("Redis to hold everything", () -> signal.poll().isEmpty());
    Await.until("progress past " + time, () -> progress() >= time, this::progress);
  }

  /** Every answer so far, in the order in which they came. */
  List<JsonNode> answers() throws IOException {
    List<JsonNode> rows = new ArrayList<>();
    for (var record : answers.orElseThrow().read()) {
      rows.add(JSON.readTree(record.value()));
    }
    return rows;
  }

  /** How many answers there are so far. */
  int answered() {
    return answers.orElseThrow().read().size();
  }

  /** Rejected records in Redis, by source and reason. */
  Map<String, Map<String, Long>> rejected() {
    Map<String, Map<String, Long>> rejected = new TreeMap<>();
    for (String source : plans.sources()) {
      Map<String, Long> reasons = new TreeMap<>();
      for (RejectedStream.Entry entry :
          new RejectedStream(redis).list(source, RejectedStream.Filter.newest(MANY))) {
        Rejected record = entry.record();
        reasons.merge(record.reason().label(), 1L, Long::sum);
      }
      rejected.put(source, reasons);
    }
    return rejected;
  }

  @Override
  public void close() {
    if (job != null) {
      job.cancel().orTimeout(60, TimeUnit.SECONDS).join();
    }
    answers.ifPresent(TopicReader::close);
    redis.close();
  }
}
