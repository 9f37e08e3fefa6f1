package io.plumbline.jobs.app;

import io.plumbline.UserError;
import io.plumbline.jobs.local.LocalRedis;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.flink.client.program.StreamContextEnvironment;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.DeploymentOptions;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.HeartbeatManagerOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** Where a job that does not end runs, and where its state is kept. */
public final class JobOptions {
  /** Key groups: the most subtasks that a job can ever be rescaled to. */
  public static final int MAX_PARALLELISM = 128;

  private static final int NETWORK_MEBIBYTES = 128;

  @Option(
      names = "--cluster",
      description = "REST address HOST:PORT of a Flink cluster; in this process unless given")
  private String cluster;

  @Option(
      names = "--parallelism",
      description = "tasks of each kind that run side by side; one for each core if not given")
  private Integer parallelism;

  @Option(
      names = "--state-backend",
      description = "rocksdb (default: state may outgrow memory) or hashmap (faster, on the heap)")
  private String backend;

  @Option(
      names = "--checkpoints",
      description = "folder or URL for checkpoints; kept when the job ends")
  private String checkpoints;

  @Option(
      names = "--checkpoint-interval",
      description = "how often (10s); after a failure at most so much is done again")
  private String checkpointInterval;

  @Option(
      names = "--savepoints",
      description = "folder or URL; being stopped, the job leaves a savepoint there")
  private String savepoints;

  @Option(names = "--from", description = "savepoint or checkpoint to start from")
  private String from;

  @Option(
      names = "--drop-unknown-state",
      description = "start also if the savepoint holds state that this job has no use for")
  private boolean dropUnknownState;

  @Option(
      names = "--managed-memory",
      defaultValue = "512m",
      description = "of RocksDB, outside the heap (${DEFAULT-VALUE}); of a job in this process")
  private String managedMemory;

  @Option(
      names = "--web-port",
      defaultValue = "0",
      description = "of Flink's web UI, for a job in this process; any free one unless given")
  private int webPort;

  /** Whether {@code flink run} started this program. */
  static boolean underFlink() {
    return StreamExecutionEnvironment.getExecutionEnvironment() instanceof StreamContextEnvironment;
  }

  Duration checkpointInterval() {
    return checkpointInterval == null
        ? Duration.ofSeconds(10)
        : Options.duration("--checkpoint-interval", checkpointInterval);
  }

  /** Whether the job runs on a cluster that somebody else started. */
  boolean isRemote() {
    return cluster != null;
  }

  /** Address of the web UI of a job in this process, once there is an environment. */
  String webUi() {
    return "http://localhost:" + webPort;
  }

  /** Where a stopped job leaves its savepoint; null if nowhere. */
  String savepoints() {
    return savepoints == null ? null : Places.url(savepoints);
  }

  /** The environment that these options ask for. */
  StreamExecutionEnvironment environment() {
    if (underFlink()) {
      refuseUnderFlink();
      StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
      env.configure(pipeline());
      if (checkpointInterval != null || !env.getCheckpointConfig().isCheckpointingEnabled()) {
        env.enableCheckpointing(checkpointInterval().toMillis());
      }
      if (parallelism != null) {
        env.setParallelism(parallelism());
      }
      return env;
    }
    Configuration configuration = pipeline();
    checkpointing(configuration);
    startFrom(configuration);
    if (cluster != null) {
      return remote(configuration);
    }
    Ports.checkFree("--web-port", webPort);
    webPort = webPort == 0 ? LocalRedis.freePort() : webPort;
    inProcess(configuration, parallelism(), webPort, memory());
    return StreamExecutionEnvironment.createLocalEnvironmentWithWebUI(configuration);
  }

  /** What the cluster's configuration, or Flink's own command line, says there. */
  private void refuseUnderFlink() {
    String option =
        cluster != null
            ? "--cluster"
            : backend != null
                ? "--state-backend"
                : checkpoints != null
                    ? "--checkpoints"
                    : from != null ? "--from" : savepoints != null ? "--savepoints" : null;
    if (option != null) {
      throw UserError.wrongCall(
          option
              + " has no say where flink run starts the job: put it into the cluster's"
              + " configuration or Flink's own options (-s SAVEPOINT, -D key=value)");
    }
  }

  /**
   * An environment in this process that keeps state on the heap.
   *
   * @param webPort of Flink's web UI
   */
  static StreamExecutionEnvironment local(int tasks, int webPort, Duration checkpointInterval) {
    Configuration configuration = pipeline();
    configuration.set(StateBackendOptions.STATE_BACKEND, "hashmap");
    configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, checkpointInterval);
    configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
    inProcess(configuration, tasks, webPort, MemorySize.ofMebiBytes(NETWORK_MEBIBYTES));
    return StreamExecutionEnvironment.createLocalEnvironmentWithWebUI(configuration);
  }

  private static void inProcess(
      Configuration configuration, int tasks, int webPort, MemorySize managed) {
    configuration.set(RestOptions.BIND_PORT, String.valueOf(webPort));
    configuration.set(TaskManagerOptions.NUM_TASK_SLOTS, tasks);
    configuration.set(CoreOptions.DEFAULT_PARALLELISM, tasks);
    configuration.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, managed);
    configuration.set(
        TaskManagerOptions.NETWORK_MEMORY_MIN, MemorySize.ofMebiBytes(NETWORK_MEBIBYTES));
    configuration.set(
        TaskManagerOptions.NETWORK_MEMORY_MAX, MemorySize.ofMebiBytes(NETWORK_MEBIBYTES));
    configuration.set(HeartbeatManagerOptions.HEARTBEAT_INTERVAL, Duration.ofSeconds(1));
  }

  /** What every job needs, wherever it runs. */
  private static Configuration pipeline() {
    Configuration configuration = new Configuration();
    configuration.set(PipelineOptions.GENERIC_TYPES, false);
    configuration.set(PipelineOptions.OBJECT_REUSE, true);
    configuration.set(PipelineOptions.MAX_PARALLELISM, MAX_PARALLELISM);
    // A Redis that takes no writes holds the job back, and in the end its checkpoints: for as long
    // as that takes, there is nothing that a restart would mend.
    configuration.set(CheckpointingOptions.TOLERABLE_FAILURE_NUMBER, Integer.MAX_VALUE);
    configuration.set(PipelineOptions.AUTO_WATERMARK_INTERVAL, Duration.ofMillis(50));
    return configuration;
  }

  private void checkpointing(Configuration configuration) {
    String stateBackend = backend == null ? "rocksdb" : backend;
    if (!stateBackend.equals("rocksdb") && !stateBackend.equals("hashmap")) {
      throw UserError.wrongCall("--state-backend " + backend + ": write rocksdb or hashmap");
    }
    configuration.set(StateBackendOptions.STATE_BACKEND, stateBackend);
    configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, checkpointInterval());
    configuration.set(CheckpointingOptions.INCREMENTAL_CHECKPOINTS, stateBackend.equals("rocksdb"));
    // What RocksDB holds in memory a checkpoint writes while events wait: let that be little, and
    // let two threads do it, which RocksDB takes out of so many.
    configuration.setString("state.backend.rocksdb.writebuffer.size", "2mb");
    configuration.setString("state.backend.rocksdb.thread.num", "8");
    configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "exponential-delay");
    configuration.set(
        RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_MAX_BACKOFF,
        Duration.ofSeconds(30));
    if (checkpoints == null && cluster == null) {
      // The heap holds little: a job that outgrew it could not go on from a failure.
      configuration.set(
          CheckpointingOptions.CHECKPOINTS_DIRECTORY, Places.url(temporary().toString()));
    }
    if (checkpoints != null) {
      configuration.set(
          CheckpointingOptions.CHECKPOINTS_DIRECTORY,
          cluster == null ? Places.made("--checkpoints", checkpoints) : Places.url(checkpoints));
      configuration.set(
          CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
          ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
    }
  }

  private void startFrom(Configuration configuration) {
    if (from != null) {
      configuration.set(StateRecoveryOptions.SAVEPOINT_PATH, Places.url(from));
      configuration.set(StateRecoveryOptions.SAVEPOINT_IGNORE_UNCLAIMED_STATE, dropUnknownState);
    }
  }

  /**
   * What a call sets by itself when it hands its job to {@code --cluster}, for whoever hands over
   * the same job in another way. Not where it starts from.
   *
   * @param arguments of the call, those of other options too
   * @return Flink's settings; empty if the call names no cluster
   */
  public static Map<String, String> settings(List<String> arguments) {
    JobOptions options = new JobOptions();
    new CommandLine(options)
        .setUnmatchedArgumentsAllowed(true)
        .setExpandAtFiles(false)
        .parseArgs(arguments.toArray(String[]::new));
    Configuration configuration = new Configuration();
    if (options.isRemote()) {
      options.checkpointing(configuration);
      if (options.savepoints != null) {
        configuration.set(CheckpointingOptions.SAVEPOINT_DIRECTORY, options.savepoints());
      }
    }
    return configuration.toMap();
  }

  /** For checkpoints that need not outlive this process. */
  private static Path temporary() {
    try {
      return Files.createTempDirectory("plumbline-checkpoints");
    } catch (IOException e) {
      throw UserError.invalid(
          "cannot make a temporary folder for checkpoints ("
              + e
              + "); name one with --checkpoints");
    }
  }

  private StreamExecutionEnvironment remote(Configuration configuration) {
    int colon = cluster.lastIndexOf(':');
    int port;
    try {
      port = Integer.parseInt(cluster.substring(colon + 1));
    } catch (NumberFormatException e) {
      port = -1;
    }
    if (colon < 1 || port < 1 || port > Ports.LARGEST) {
      throw UserError.wrongCall("--cluster " + cluster + ": write HOST:PORT, as in localhost:8081");
    }
    Ports.checkReached("--cluster", cluster.substring(0, colon), port);
    configuration.set(DeploymentOptions.TARGET, "remote");
    configuration.set(RestOptions.ADDRESS, cluster.substring(0, colon));
    configuration.set(RestOptions.PORT, port);
    configuration.set(PipelineOptions.JARS, List.of(jar().toUri().toString()));
    StreamExecutionEnvironment env = new StreamExecutionEnvironment(configuration);
    if (parallelism != null) {
      env.setParallelism(parallelism());
    }
    return env;
  }

  /** The jar that holds all of the product: it lies beside the one that this class came from. */
  private static Path jar() {
    try {
      Path here =
          Path.of(JobOptions.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      if (here.getFileName().toString().endsWith("-all.jar")) {
        return here;
      }
      Path home = Path.of(System.getProperty(DemoCommand.HOME, "."));
      Path all = home.resolve("plumbline-all.jar");
      if (Files.exists(all)) {
        return all;
      }
      throw UserError.wrongCall(
          all + ": there is no such file; build it with mvn package, or use scripts/plumbline");
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private int parallelism() {
    int tasks = parallelism == null ? Runtime.getRuntime().availableProcessors() : parallelism;
    if (tasks < 1 || tasks > MAX_PARALLELISM) {
      throw UserError.wrongCall("--parallelism is " + tasks + "; write 1 to " + MAX_PARALLELISM);
    }
    return tasks;
  }

  private MemorySize memory() {
    return Options.memory("--managed-memory", managedMemory);
  }
}
