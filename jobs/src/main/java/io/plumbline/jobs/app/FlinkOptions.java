package io.plumbline.jobs.app;

import io.plumbline.UserError;
import org.apache.flink.api.common.BatchShuffleMode;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.HeartbeatManagerOptions;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import picocli.CommandLine.Option;

/** Where and how large a Flink job runs. */
public final class FlinkOptions {
  @Option(
      names = "--parallelism",
      description = "tasks of each kind that run side by side; one for each core if not given")
  private Integer parallelism;

  @Option(
      names = "--managed-memory",
      defaultValue = "512m",
      description = "for sorting, outside the heap (${DEFAULT-VALUE}); what does not fit spills")
  private String managedMemory;

  /** An environment in this process; on a cluster, if Flink started this program there. */
  public StreamExecutionEnvironment environment() {
    if (parallelism != null && parallelism < 1) {
      throw UserError.wrongCall("--parallelism is " + parallelism + "; write 1 or more");
    }
    return JobOptions.underFlink() ? onCluster() : here();
  }

  /** Tasks of each kind in this process. */
  int parallelism() {
    return parallelism == null ? Runtime.getRuntime().availableProcessors() : parallelism;
  }

  /**
   * Memory, slots and shuffles are the cluster's to decide; a backfill that fails is run again by
   * its user.
   */
  private StreamExecutionEnvironment onCluster() {
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
    Configuration configuration = new Configuration();
    configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
    configuration.set(PipelineOptions.GENERIC_TYPES, false);
    configuration.set(PipelineOptions.OBJECT_REUSE, true);
    env.configure(configuration);
    if (parallelism != null) {
      env.setParallelism(parallelism);
    }
    return env;
  }

  private StreamExecutionEnvironment here() {
    int tasks = parallelism();
    Configuration configuration = new Configuration();
    configuration.set(
        TaskManagerOptions.MANAGED_MEMORY_SIZE, Options.memory("--managed-memory", managedMemory));
    configuration.set(TaskManagerOptions.NETWORK_MEMORY_MIN, MemorySize.ofMebiBytes(128));
    configuration.set(TaskManagerOptions.NETWORK_MEMORY_MAX, MemorySize.ofMebiBytes(128));
    configuration.set(TaskManagerOptions.NUM_TASK_SLOTS, tasks);
    configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
    configuration.set(HeartbeatManagerOptions.HEARTBEAT_INTERVAL, java.time.Duration.ofSeconds(1));
    configuration.set(RestOptions.BIND_PORT, "0");
    configuration.set(CoreOptions.DEFAULT_PARALLELISM, tasks);
    configuration.set(
        ExecutionOptions.BATCH_SHUFFLE_MODE, BatchShuffleMode.ALL_EXCHANGES_PIPELINED);
    configuration.set(JobManagerOptions.SCHEDULER, JobManagerOptions.SchedulerType.Default);
    configuration.set(PipelineOptions.GENERIC_TYPES, false);
    configuration.set(PipelineOptions.OBJECT_REUSE, true);
    return StreamExecutionEnvironment.createLocalEnvironment(tasks, configuration);
  }
}
