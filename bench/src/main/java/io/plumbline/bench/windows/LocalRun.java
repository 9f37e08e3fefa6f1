package io.plumbline.bench.windows;

import io.plumbline.bench.Folders;
import io.plumbline.jobs.feature.KeptAtHand;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.execution.CheckpointType;
import org.apache.flink.core.execution.CheckpointingMode;
import org.apache.flink.runtime.checkpoint.CompletedCheckpointStats;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.jobmaster.JobResult;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Runs a trial in this JVM: one Flink job in a cluster of its own. */
final class LocalRun {
  private static final MemorySize NETWORK = MemorySize.ofMebiBytes(64);
  private static final MemorySize MANAGED = MemorySize.ofMebiBytes(512);
  private static final long LOOK_MS = 500;

  private LocalRun() {}

  /** What a trial gave, and its rows, where they are kept. */
  record Outcome(TrialResult result, Collection<String> rows) {}

  /**
   * Runs a trial until all that was read is worked off, and one checkpoint more.
   *
   * @throws Exception if the job fails
   */
  static Outcome run(Trial trial, Progress.Keep keep) throws Exception {
    Path checkpoints = Files.createTempDirectory("plumbline-windows");
    Configuration configuration = configuration(trial, checkpoints, keep);
    JobMetrics.clear();
    Progress progress =
        Progress.begin(trial.readers(), trial.parallelism(), trial.capSeconds(), keep);
    MiniCluster cluster =
        new MiniCluster(
            new MiniClusterConfiguration.Builder()
                .setConfiguration(configuration)
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(trial.parallelism())
                .build());
    try {
      cluster.start();
      JobID job = cluster.submitJob(graph(trial, configuration)).get().getJobID();
      await(progress, cluster.requestJobResult(job));
      TrialResult.Kept kept =
          new TrialResult.Kept(
              JobMetrics.sum("tiles"),
              JobMetrics.sum(KeptAtHand.READS),
              JobMetrics.sum(KeptAtHand.WRITES));
      cluster.triggerCheckpoint(job, CheckpointType.FULL).get();
      long state = stateBytes(cluster, job);
      cluster.cancelJob(job).get();
      cluster.requestJobResult(job).get();
      return new Outcome(TrialResult.of(trial, progress, state, kept), progress.kept());
    } finally {
      cluster.closeAsync().get();
      Folders.delete(checkpoints);
    }
  }

  private static JobGraph graph(Trial trial, Configuration configuration) {
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.getExecutionEnvironment(configuration);
    trial.job().define(env, trial);
    return env.getStreamGraph().getJobGraph();
  }

  /** Waits until all is worked off; a job that ends before has failed. */
  private static void await(Progress progress, CompletableFuture<JobResult> end)
      throws InterruptedException, ExecutionException {
    while (!progress.await(LOOK_MS)) {
      if (end.isDone()) {
        throw new IllegalStateException(
            "the job has ended before its stream", end.get().getSerializedThrowable().orElse(null));
      }
    }
  }

  private static long stateBytes(MiniCluster cluster, JobID job)
      throws InterruptedException, ExecutionException {
    CompletedCheckpointStats last =
        cluster
            .getExecutionGraph(job)
            .get()
            .getCheckpointStatsSnapshot()
            .getHistory()
            .getLatestCompletedCheckpoint();
    return last.getStateSize();
  }

  private static Configuration configuration(Trial trial, Path checkpoints, Progress.Keep keep) {
    Configuration c = new Configuration();
    c.set(PipelineOptions.GENERIC_TYPES, false);
    c.set(PipelineOptions.OBJECT_REUSE, true);
    c.set(PipelineOptions.MAX_PARALLELISM, 128);
    c.set(CoreOptions.DEFAULT_PARALLELISM, trial.parallelism());
    c.set(StateBackendOptions.STATE_BACKEND, trial.backend().flinkName());
    c.set(CheckpointingOptions.INCREMENTAL_CHECKPOINTS, trial.backend() == Trial.Backend.ROCKSDB);
    c.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofSeconds(10));
    c.set(CheckpointingOptions.CHECKPOINTING_CONSISTENCY_MODE, CheckpointingMode.EXACTLY_ONCE);
    c.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, checkpoints.toUri().toString());
    c.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
    c.set(RestOptions.BIND_PORT, "0");
    c.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MANAGED);
    c.set(TaskManagerOptions.NETWORK_MEMORY_MIN, NETWORK);
    c.set(TaskManagerOptions.NETWORK_MEMORY_MAX, NETWORK);
    if (keep == Progress.Keep.TEXT) {
      c.set(ExecutionOptions.BUFFER_TIMEOUT, Duration.ofMillis(1));
    }
    c.setString("metrics.reporter.metrics.factory.class", JobMetrics.Factory.class.getName());
    return c;
  }
}
