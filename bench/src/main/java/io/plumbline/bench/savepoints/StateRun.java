package io.plumbline.bench.savepoints;

import io.plumbline.bench.Folders;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.execution.CheckpointType;
import org.apache.flink.runtime.checkpoint.CompletedCheckpointStats;
import org.apache.flink.runtime.checkpoint.TaskStateStats;
import org.apache.flink.runtime.executiongraph.AccessExecutionGraph;
import org.apache.flink.runtime.jobmaster.JobResult;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Runs one side over a log of payments in a JVM of its own, and looks at its state at the end. */
public final class StateRun {
  private static final MemorySize NETWORK = MemorySize.ofMebiBytes(64);
  private static final MemorySize MANAGED = MemorySize.ofMebiBytes(512);
  private static final int PARALLELISM = 2;
  private static final long LOOK_MS = 200;

  private StateRun() {}

  /** Who keeps the features. */
  enum Side {
    PLUMBLINE(PaymentTimelines::define),
    WINDOWS(PaymentWindows::define);

    private final Graph graph;

    Side(Graph graph) {
      this.graph = graph;
    }

    /** Adds a job; says how many operators end it. */
    @FunctionalInterface
    private interface Graph {
      int define(StreamExecutionEnvironment env, PaymentSource.Log log);
    }
  }

  /**
   * What to run.
   *
   * @param backend Flink's name of it
   */
  record Order(Side side, String backend, PaymentSource.Log log) implements Serializable {}

  /**
   * What it gave.
   *
   * @param bytes of state in a full checkpoint after the last payment, by task of the job
   * @param values of each key's features at the end of the log
   * @param seconds that it took
   */
  record Result(Map<String, Long> bytes, Map<String, Map<String, Double>> values, double seconds)
      implements Serializable {

    /** State of the tasks whose names hold this text. */
    long bytesOf(String name) {
      return bytes.entrySet().stream()
          .filter(e -> e.getKey().contains(name))
          .mapToLong(Map.Entry::getValue)
          .sum();
    }
  }

  /**
   * @param files that the order is in, and that the result goes to
   */
  public static void main(String[] files) throws Exception {
    Path out = Path.of(files[1]);
    Order order = (Order) read(Path.of(files[0]));
    write(out, run(order, out.resolveSibling(out.getFileName() + ".checkpoints")));
    // Flink leaves threads behind.
    System.exit(0);
  }

  private static Result run(Order order, Path checkpoints) throws Exception {
    Configuration configuration = configuration(order, checkpoints);
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.getExecutionEnvironment(configuration);
    int ends = order.side.graph.define(env, order.log);
    EndValues.begin(ends * PARALLELISM, order.log.endMs() - 1);
    MiniCluster cluster =
        new MiniCluster(
            new MiniClusterConfiguration.Builder()
                .setConfiguration(configuration)
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(PARALLELISM)
                .build());
    try {
      cluster.start();
      long started = System.nanoTime();
      JobID job = cluster.submitJob(env.getStreamGraph().getJobGraph()).get().getJobID();
      await(cluster.requestJobResult(job));
      double seconds = (System.nanoTime() - started) / 1e9;
      cluster.triggerCheckpoint(job, CheckpointType.FULL).get();
      Map<String, Long> bytes = bytes(cluster.getExecutionGraph(job).get());
      cluster.cancelJob(job).get();
      cluster.requestJobResult(job).get();
      return new Result(bytes, EndValues.last(), seconds);
    } finally {
      cluster.closeAsync().get();
      Folders.delete(checkpoints);
    }
  }

  /** Waits until all is worked off; a job that ends before has failed. */
  private static void await(CompletableFuture<JobResult> end)
      throws InterruptedException, ExecutionException {
    while (!EndValues.await(LOOK_MS)) {
      if (end.isDone()) {
        throw new IllegalStateException(
            "the job has ended before its log", end.get().getSerializedThrowable().orElse(null));
      }
    }
  }

  private static Map<String, Long> bytes(AccessExecutionGraph graph) {
    CompletedCheckpointStats last =
        graph.getCheckpointStatsSnapshot().getHistory().getLatestCompletedCheckpoint();
    Map<String, Long> bytes = new TreeMap<>();
    for (TaskStateStats task : last.getAllTaskStateStats()) {
      bytes.merge(
          graph.getJobVertex(task.getJobVertexId()).getName(), task.getStateSize(), Long::sum);
    }
    return bytes;
  }

  private static Configuration configuration(Order order, Path checkpoints) {
    Configuration c = new Configuration();
    c.set(PipelineOptions.GENERIC_TYPES, false);
    c.set(PipelineOptions.OBJECT_REUSE, true);
    c.set(PipelineOptions.MAX_PARALLELISM, 128);
    c.set(CoreOptions.DEFAULT_PARALLELISM, PARALLELISM);
    c.set(StateBackendOptions.STATE_BACKEND, order.backend);
    // RocksDB's own files hold what was deleted, too, until they are compacted.
    c.set(CheckpointingOptions.INCREMENTAL_CHECKPOINTS, false);
    // One is taken at the end, and none before.
    c.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofDays(1));
    c.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, checkpoints.toUri().toString());
    c.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
    c.set(RestOptions.BIND_PORT, "0");
    c.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MANAGED);
    c.set(TaskManagerOptions.NETWORK_MEMORY_MIN, NETWORK);
    c.set(TaskManagerOptions.NETWORK_MEMORY_MAX, NETWORK);
    return c;
  }

  static Object read(Path file) throws IOException {
    try (ObjectInputStream in = new ObjectInputStream(Files.newInputStream(file))) {
      return in.readObject();
    } catch (ClassNotFoundException e) {
      throw new IOException(file + " was written by another program", e);
    }
  }

  static void write(Path file, Object object) throws IOException {
    try (ObjectOutputStream out = new ObjectOutputStream(Files.newOutputStream(file))) {
      out.writeObject(object);
    }
  }
}
