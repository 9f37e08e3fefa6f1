package io.plumbline.jobs.kafka;

import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

/** A job that notes what its source gives, until it is closed. */
record LogJob(String name, JobClient client) implements AutoCloseable {
  static LogJob start(String name, LogSource source, int parallelism) throws Exception {
    return start(name, source, parallelism, null);
  }

  static LogJob start(String name, LogSource source, int parallelism, String savepoint)
      throws Exception {
    Configuration configuration = new Configuration();
    configuration.set(PipelineOptions.GENERIC_TYPES, false);
    if (savepoint != null) {
      configuration.set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint);
    }
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.getExecutionEnvironment(configuration);
    env.fromSource(source, WatermarkStrategy.noWatermarks(), "log")
        .uid("log")
        .setParallelism(parallelism)
        .transform("probe", LogRecordType.INSTANCE, new Probe(name))
        .uid("probe")
        .setParallelism(1)
        .sinkTo(new DiscardingSink<>())
        .uid("sink")
        .setParallelism(1);
    return new LogJob(name, env.executeAsync(name));
  }

  Probe.Seen seen() {
    return Probe.of(name);
  }

  String stop(Path savepoints) throws Exception {
    return client
        .stopWithSavepoint(false, savepoints.toUri().toString(), SavepointFormatType.CANONICAL)
        .get(60, TimeUnit.SECONDS);
  }

  @Override
  public void close() {
    try {
      if (!client.getJobStatus().get(10, TimeUnit.SECONDS).isGloballyTerminalState()) {
        client.cancel().get(30, TimeUnit.SECONDS);
      }
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("cannot stop " + name, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
