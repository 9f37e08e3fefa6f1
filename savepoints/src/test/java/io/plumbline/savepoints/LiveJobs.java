package io.plumbline.savepoints;

import static org.assertj.core.api.Assertions.assertThat;

import io.plumbline.jobs.kafka.KafkaSettings;
import io.plumbline.jobs.kafka.LogStart;
import io.plumbline.jobs.kafka.RegistrySettings;
import io.plumbline.jobs.local.LocalKafka;
import io.plumbline.jobs.local.LocalRedis;
import io.plumbline.jobs.observations.ObservationOptions;
import io.plumbline.jobs.redis.FeatureStore;
import io.plumbline.jobs.redis.RedisConnection;
import io.plumbline.jobs.redis.RedisSettings;
import io.plumbline.jobs.redis.WriterOptions;
import io.plumbline.jobs.stream.KafkaLogs;
import io.plumbline.jobs.stream.Stream;
import io.plumbline.jobs.stream.StreamPlan;
import io.plumbline.jobs.stream.StreamRequest;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.DeploymentOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.execution.ExecutionState;
import org.apache.flink.runtime.executiongraph.AccessExecutionVertex;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.util.FlinkException;

/** A cluster, a broker and a Redis in this process, and jobs on them. */
final class LiveJobs {
  static final long GENERATION = 3;
  private static final int PARALLELISM = 2;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final MiniCluster cluster;
  private final LocalKafka kafka;
  private final LocalRedis redis;
  private final URI rest;

  private LiveJobs(MiniCluster cluster, LocalKafka kafka, LocalRedis redis, URI rest) {
    this.cluster = cluster;
    this.kafka = kafka;
    this.redis = redis;
    this.rest = rest;
  }

  static LiveJobs start(Path folder) throws Exception {
    Configuration configuration = new Configuration();
    configuration.set(RestOptions.BIND_PORT, "0");
    configuration.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(128));
    configuration.set(
        CheckpointingOptions.SAVEPOINT_DIRECTORY, folder.resolve("savepoints").toUri().toString());
    configuration.set(
        CheckpointingOptions.CHECKPOINTS_DIRECTORY,
        folder.resolve("checkpoints").toUri().toString());
    // Small state would lie in the metadata, and no file could be missing.
    configuration.set(CheckpointingOptions.FS_SMALL_FILE_THRESHOLD, MemorySize.ZERO);
    // So long it waits in the end for those who asked for something and did not come for it.
    configuration.set(RestOptions.ASYNC_OPERATION_STORE_DURATION, Duration.ofSeconds(5));
    MiniCluster cluster =
        new MiniCluster(
            new MiniClusterConfiguration.Builder()
                .setConfiguration(configuration)
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(3 * PARALLELISM)
                .build());
    cluster.start();
    LocalRedis redis = LocalRedis.in(folder.resolve("redis")).start();
    LocalKafka kafka = LocalKafka.start(0, folder.resolve("kafka"));
    return new LiveJobs(cluster, kafka, redis, cluster.getRestAddress().get());
  }

  LocalKafka kafka() {
    return kafka;
  }

  /** Address of Redis. */
  String redis() {
    return redis.uri();
  }

  /** Address of the cluster's REST API. */
  String rest() {
    return "http://localhost:" + rest.getPort();
  }

  /** A live job under a name that is also its namespace in Redis. */
  StreamPlan start(String name, String backend, Path definitions, String observations)
      throws Exception {
    StreamExecutionEnvironment env = environment(backend);
    kafka.createTopic("answers-" + name, 1, Map.of());
    StreamPlan plan =
        Stream.define(
            new StreamRequest(
                name,
                definitions,
                new KafkaLogs(
                    new KafkaSettings(kafka.bootstrap(), Map.of()),
                    RegistrySettings.none(),
                    new LogStart.Earliest(),
                    name),
                WriterOptions.of(settings(name), GENERATION),
                1000,
                Optional.of(
                    new StreamRequest.Asking(
                        observations,
                        "answers-" + name,
                        ObservationOptions.DEFAULT_TIMESTAMP_COLUMN,
                        1_000))),
            env);
    run(env, name);
    return plan;
  }

  /**
   * How a job is started.
   *
   * @param from savepoint; null for none
   * @param dropped features whose history may be lost
   */
  record Start(String backend, int parallelism, String from, Set<String> dropped) {}

  /** A live job under a name that is also its namespace in Redis; nobody asks it anything. */
  StreamPlan start(String name, Path definitions, Start start) throws Exception {
    return start(name, definitions, start, Optional.empty());
  }

  /** The same, which answers what it is asked. */
  StreamPlan start(
      String name, Path definitions, Start start, Optional<StreamRequest.Asking> asking)
      throws Exception {
    StreamExecutionEnvironment env = environment(start.backend());
    env.setParallelism(start.parallelism());
    if (start.from() != null) {
      Configuration from = new Configuration();
      from.set(StateRecoveryOptions.SAVEPOINT_PATH, start.from());
      env.configure(from);
    }
    KafkaLogs logs =
        new KafkaLogs(
            new KafkaSettings(kafka.bootstrap(), Map.of()),
            RegistrySettings.none(),
            new LogStart.Earliest(),
            name);
    WriterOptions writing = WriterOptions.of(settings(name), GENERATION);
    StreamRequest request =
        new StreamRequest(name, definitions, logs, writing, 1000, asking, start.dropped());
    StreamPlan plan = Stream.define(request, env);
    run(env, name);
    return plan;
  }

  /** Stops a job. Returns the savepoint that it leaves. */
  String stop(String name, Path savepoints, SavepointFormatType format) throws Exception {
    JobID job = JobID.fromHexString(id(name));
    String savepoint =
        cluster
            .stopWithSavepoint(job, savepoints.toUri().toString(), false, format)
            .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    cluster.requestJobResult(job).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    return savepoint;
  }

  /** A job that is none of ours. */
  String startForeign() throws Exception {
    StreamExecutionEnvironment env = environment("hashmap");
    env.fromSequence(0, Long.MAX_VALUE).uid("numbers").sinkTo(new DiscardingSink<>()).uid("none");
    return run(env, "foreign");
  }

  private StreamExecutionEnvironment environment(String backend) {
    Configuration configuration = new Configuration();
    configuration.set(DeploymentOptions.TARGET, "remote");
    configuration.set(RestOptions.ADDRESS, "localhost");
    configuration.set(RestOptions.PORT, rest.getPort());
    configuration.set(PipelineOptions.GENERIC_TYPES, false);
    configuration.set(PipelineOptions.OBJECT_REUSE, true);
    configuration.set(PipelineOptions.MAX_PARALLELISM, 128);
    configuration.set(PipelineOptions.AUTO_WATERMARK_INTERVAL, Duration.ofMillis(50));
    configuration.set(StateBackendOptions.STATE_BACKEND, backend);
    configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofSeconds(1));
    StreamExecutionEnvironment env = new StreamExecutionEnvironment(configuration);
    env.setParallelism(PARALLELISM);
    return env;
  }

  private String run(StreamExecutionEnvironment env, String name) throws Exception {
    JobClient job = env.executeAsync(name);
    await("the job's tasks to run", () -> areRunning(job));
    return job.getJobID().toHexString();
  }

  private boolean areRunning(JobClient job) throws Exception {
    if (job.getJobStatus().get() != JobStatus.RUNNING) {
      return false;
    }
    for (AccessExecutionVertex task :
        cluster.getExecutionGraph(job.getJobID()).get().getAllExecutionVertices()) {
      if (task.getExecutionState() != ExecutionState.RUNNING) {
        return false;
      }
    }
    return true;
  }

  /** Flink's number of a job. */
  String id(String name) throws Exception {
    return cluster.listJobs().get().stream()
        .filter(job -> job.getJobName().equals(name))
        .filter(job -> !job.getJobState().isTerminalState())
        .findFirst()
        .orElseThrow()
        .getJobId()
        .toHexString();
  }

  /** Waits until Redis has everything known by a time. */
  void awaitWritten(String name, StreamPlan plan, long time) throws Exception {
    try (RedisConnection connection = RedisConnection.open(settings(name))) {
      FeatureStore store = new FeatureStore(connection, plan.set().plans().definitions());
      await(
          name + " to have written everything",
          () ->
              store.progress().size() == plan.set().plans().entities().size()
                  && store.progress().values().stream().allMatch(p -> p >= time));
    }
  }

  private RedisSettings settings(String namespace) {
    return RedisSettings.at(redis.uri()).withNamespace(namespace);
  }

  /** Waits until something is so. */
  static void await(String what, Callable<Boolean> done) throws Exception {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!done.call()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("waited in vain for " + what);
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
    }
  }

  void stop() throws Exception {
    try {
      cluster.close();
    } catch (FlinkException e) {
      // What a killed verb asked for nobody has fetched: Flink waits for that, and then says so.
      assertThat(e).hasRootCauseInstanceOf(TimeoutException.class);
    } finally {
      kafka.close();
      redis.close();
    }
  }
}
