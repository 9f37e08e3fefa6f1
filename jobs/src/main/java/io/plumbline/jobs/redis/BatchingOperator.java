package io.plumbline.jobs.redis;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;

/**
 * Writes to Redis what comes in, and lets a watermark pass only when everything before it is
 * written. What Redis has not acknowledged is part of every checkpoint, so a checkpoint need not
 * wait for Redis.
 *
 * @param <I> what comes in
 * @param <T> what is written
 */
abstract class BatchingOperator<I, T> extends AbstractStreamOperator<Void>
    implements OneInputStreamOperator<I, Void> {
  private static final long serialVersionUID = 1L;

  /** Version of the state's bytes. */
  private static final int FORMAT = 1;

  /** Items in one element of the state, which is what Flink shares out when it rescales. */
  private static final int CHUNK = 256;

  private final WriterMetrics.What what;
  private final RedisSettings settings;
  private final WriteLimits limits;
  private transient ListState<byte[]> unwritten;
  private transient List<T> restored;
  private transient RedisConnection redis;
  private transient RedisBatcher<T> batcher;
  private transient WriterMetrics measured;

  BatchingOperator(WriterMetrics.What what, RedisSettings settings, WriteLimits limits) {
    this.what = what;
    this.settings = settings;
    this.limits = limits;
  }

  /** How items are written; called once when there is a connection. */
  abstract RedisBatcher.Recipe<T> recipe(RedisConnection connection, WriterMetrics metrics);

  /** What to write. */
  abstract T item(I input);

  abstract void write(T item, DataOutput out) throws IOException;

  abstract T read(DataInput in) throws IOException;

  /** Called before anything is written. */
  void connected(RedisConnection connection, List<T> restoredItems) throws Exception {}

  /** Called when the task ends by itself: it was neither canceled nor did it fail. */
  void leaving(RedisConnection connection) {}

  final MailboxExecutor mailbox() {
    return getContainingTask()
        .getMailboxExecutorFactory()
        .createExecutor(getOperatorConfig().getChainIndex());
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    unwritten =
        context
            .getOperatorStateStore()
            .getListState(
                new ListStateDescriptor<>("unwritten", BytePrimitiveArraySerializer.INSTANCE));
    restored = new ArrayList<>();
    for (byte[] chunk : unwritten.get()) {
      readChunk(chunk);
    }
  }

  private void readChunk(byte[] chunk) throws IOException {
    DataInputDeserializer in = new DataInputDeserializer(chunk);
    int format = in.readByte();
    if (format != FORMAT) {
      throw new IOException(
          "the state of "
              + getOperatorName()
              + " has format "
              + format
              + ", and this version reads "
              + FORMAT);
    }
    while (in.available() > 0) {
      restored.add(read(in));
    }
  }

  @Override
  public void open() throws Exception {
    super.open();
    redis = RedisConnection.await(settings);
    connected(redis, restored);
    measured = new WriterMetrics(getMetricGroup(), what);
    batcher = new RedisBatcher<>(redis, recipe(redis, measured), limits, mailbox(), measured);
    restored.forEach(batcher::restore);
    restored = null;
    batcher.flush();
  }

  /** What it counts. */
  final WriterMetrics metrics() {
    return measured;
  }

  @Override
  public void processElement(StreamRecord<I> element) throws Exception {
    batcher.add(item(element.getValue()));
  }

  /** Takes an item that no record brought. */
  final void add(T item) throws InterruptedException {
    batcher.add(item);
  }

  /** Runs something once all that came before is written. */
  final void whenWritten(Milestones.Milestone milestone) {
    batcher.whenWritten(milestone);
  }

  @Override
  public void processWatermark(Watermark mark) throws Exception {
    batcher.whenWritten(new Mark(mark));
  }

  @Override
  public void processWatermarkStatus(WatermarkStatus status) {
    batcher.whenWritten(new Status(status));
  }

  /** A watermark that waits. */
  private final class Mark implements Milestones.Milestone {
    private final Watermark mark;

    private Mark(Watermark mark) {
      this.mark = mark;
    }

    @Override
    public void reached() {
      output.emitWatermark(mark);
    }

    @Override
    public boolean covers(Milestones.Milestone earlier) {
      return earlier instanceof BatchingOperator<?, ?>.Mark;
    }
  }

  /** A change between idle and active that waits, so as not to overtake a watermark. */
  private final class Status implements Milestones.Milestone {
    private final WatermarkStatus status;

    private Status(WatermarkStatus status) {
      this.status = status;
    }

    @Override
    public void reached() {
      output.emitWatermarkStatus(status);
    }

    @Override
    public boolean covers(Milestones.Milestone earlier) {
      return false;
    }
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    List<T> items = new ArrayList<>(batcher.buffered());
    batcher.forEach(items::add);
    List<byte[]> chunks = new ArrayList<>();
    DataOutputSerializer out = new DataOutputSerializer(1 << 12);
    for (int from = 0; from < items.size(); from += CHUNK) {
      out.clear();
      out.writeByte(FORMAT);
      for (T item : items.subList(from, Math.min(items.size(), from + CHUNK))) {
        write(item, out);
      }
      chunks.add(out.getCopyOfBuffer());
    }
    unwritten.update(chunks);
  }

  @Override
  public void finish() throws Exception {
    batcher.drain();
    super.finish();
  }

  @Override
  public void close() throws Exception {
    if (redis != null) {
      if (batcher != null
          && !getContainingTask().isCanceled()
          && !getContainingTask().isFailing()) {
        leaving(redis);
      }
      redis.close();
    }
    super.close();
  }
}
