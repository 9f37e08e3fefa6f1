package io.plumbline.bench.live;

import java.nio.file.Path;
import java.time.Duration;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.HeartbeatManagerOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Flink in this process as the product's verbs set it up, with a {@link Sampler}. */
final class LocalFlink {
  private static final MemorySize NETWORK = MemorySize.ofMebiBytes(128);

  /**
   * What a run may choose.
   *
   * @param backend {@code rocksdb} or {@code hashmap}
   * @param checkpoints where they go
   * @param interval between checkpoints
   * @param managed memory of RocksDB
   */
  record Settings(
      String backend, Path checkpoints, Duration interval, int parallelism, String managed) {}

  private LocalFlink() {}

  static StreamExecutionEnvironment environment(Settings settings) {
    Configuration configuration = new Configuration();
    configuration.set(PipelineOptions.GENERIC_TYPES, false);
    configuration.set(PipelineOptions.OBJECT_REUSE, true);
    configuration.set(PipelineOptions.MAX_PARALLELISM, 128);
    configuration.set(PipelineOptions.AUTO_WATERMARK_INTERVAL, Duration.ofMillis(50));
    configuration.set(StateBackendOptions.STATE_BACKEND, settings.backend());
    configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, settings.interval());
    configuration.setString("state.backend.rocksdb.writebuffer.size", "2mb");
    configuration.setString("state.backend.rocksdb.thread.num", "8");
    configuration.set(
        CheckpointingOptions.INCREMENTAL_CHECKPOINTS, settings.backend().equals("rocksdb"));
    configuration.set(
        CheckpointingOptions.CHECKPOINTS_DIRECTORY,
        settings.checkpoints().toAbsolutePath().toUri().toString());
    configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
    configuration.set(TaskManagerOptions.NUM_TASK_SLOTS, settings.parallelism());
    configuration.set(CoreOptions.DEFAULT_PARALLELISM, settings.parallelism());
    configuration.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.parse(settings.managed()));
    configuration.set(TaskManagerOptions.NETWORK_MEMORY_MIN, NETWORK);
    configuration.set(TaskManagerOptions.NETWORK_MEMORY_MAX, NETWORK);
    configuration.set(HeartbeatManagerOptions.HEARTBEAT_INTERVAL, Duration.ofSeconds(1));
    configuration.setString(
        "metrics.reporter.sampler.factory.class", Sampler.Factory.class.getName());
    return StreamExecutionEnvironment.createLocalEnvironment(configuration);
  }
}
