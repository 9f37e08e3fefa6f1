package io.plumbline.jobs.redis;

import io.lettuce.core.protocol.AsyncCommand;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.streaming.api.watermark.Watermark;

/**
 * Says in Redis how far entities are written: the watermark, which is the knowledge time up to
 * which every record is applied. Stands behind all {@link UpdateWriter}s of the entities, with a
 * parallelism of one, so that the watermark is the least of theirs and has been let through by
 * each.
 *
 * <p>Progress is published only while the {@link ProgressGate} is open.
 *
 * <p>The last watermark of a bounded input, which is no time, is not written.
 */
public final class ProgressWriter extends BatchingOperator<Void, ProgressWriter.Reached> {
  private static final long serialVersionUID = 1L;
  private static final Duration LEAST_INTERVAL = Duration.ofMillis(100);

  private final List<String> entities;
  private final WriterOptions options;
  private transient String run;

  /** How far an entity is written, epoch ms. */
  record Reached(String entity, long time) {}

  public ProgressWriter(List<String> entities, WriterOptions options) {
    super(
        WriterMetrics.What.PROGRESS,
        options.redis(),
        WriteLimits.DEFAULT.withLinger(LEAST_INTERVAL));
    this.entities = new ArrayList<>(entities);
    this.options = options;
  }

  @Override
  void connected(RedisConnection connection, List<Reached> restoredItems) {
    run =
        ProgressGate.run(
            getRuntimeContext().getJobInfo().getJobId().toString(),
            getRuntimeContext().getTaskInfo().getAttemptNumber());
  }

  @Override
  public void processWatermark(Watermark mark) throws Exception {
    if (mark.getTimestamp() != Long.MAX_VALUE) {
      for (String entity : entities) {
        add(new Reached(entity, mark.getTimestamp()));
      }
    }
    super.processWatermark(mark);
  }

  @Override
  Reached item(Void input) {
    throw new IllegalStateException("progress has no input but watermarks");
  }

  @Override
  void write(Reached item, DataOutput out) throws IOException {
    FeatureWrite.writeText(item.entity, out);
    out.writeLong(item.time);
  }

  @Override
  Reached read(DataInput in) throws IOException {
    return new Reached(FeatureWrite.readText(in), in.readLong());
  }

  @Override
  RedisBatcher.Recipe<Reached> recipe(RedisConnection connection, WriterMetrics metrics) {
    String key = connection.keys().progress();
    return new RedisBatcher.Recipe<>() {
      @Override
      public String name(Reached item) {
        return item.entity;
      }

      @Override
      public Reached merge(Reached older, Reached newer) {
        return newer.time > older.time ? newer : older;
      }

      @Override
      public AsyncCommand<String, String, Object> command(
          Reached item, RedisBatcher.Sending sending) {
        return ScriptCommand.of(
            sending,
            ScriptCommand.arguments(Script.PROGRESS, sending, key, connection.fenceOf(key))
                .add(options.generation())
                .add(item.entity)
                .add(item.time)
                .add(run));
      }

      @Override
      public void acknowledged(Reached item, Object reply) {
        if ((Long) reply < 0) {
          throw Fences.fenced(options.redis(), options.generation(), "a newer generation");
        }
        metrics.writes.inc();
      }
    };
  }
}
