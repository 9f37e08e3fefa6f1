package io.plumbline.savepoints.bootstrap;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.apache.flink.core.execution.CheckpointingMode;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;
import org.apache.flink.metrics.groups.OperatorMetricGroup;
import org.apache.flink.runtime.checkpoint.CheckpointOptions;
import org.apache.flink.runtime.jobgraph.OperatorID;
import org.apache.flink.runtime.state.CheckpointStreamFactory;
import org.apache.flink.state.api.output.SnapshotUtils;
import org.apache.flink.state.api.output.TaggedOperatorSubtaskState;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.OperatorSnapshotFutures;
import org.apache.flink.streaming.api.operators.Output;
import org.apache.flink.streaming.api.operators.StreamTaskStateInitializer;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.LatencyMarker;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.tasks.StreamTask;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An operator that fills its state with what comes in; at the end of input the state is written.
 *
 * <p>Flink runs it in a thread of its own whose failure nobody hears of, while whoever feeds it
 * waits for ever. So a failure is put down beside the savepoint, the rest of the input passes, and
 * this part of the savepoint is missing in the end.
 */
final class StateWriter<
        IN, OUT, OP extends AbstractStreamOperator<OUT> & OneInputStreamOperator<IN, OUT>>
    implements OneInputStreamOperator<IN, TaggedOperatorSubtaskState>, BoundedOneInput {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(StateWriter.class);

  /** File in the savepoint's folder that says why a part of it could not be written. */
  static final String FAILURE = "_failure";

  private final transient OP operator;
  private final long knowledgeTime;
  private final transient Target target;
  private transient StreamTaskStateInitializer states;
  private transient boolean opened;
  private transient boolean failed;

  /** Where state is written, and told of. */
  record Target(
      Path savepoint,
      long timestamp,
      StreamTask<?, ?> task,
      Output<StreamRecord<TaggedOperatorSubtaskState>> output) {}

  /** What may fail. */
  private interface Work {
    void run() throws Exception;
  }

  StateWriter(OP operator, long knowledgeTime, Target target) {
    this.operator = operator;
    this.knowledgeTime = knowledgeTime;
    this.target = target;
  }

  private void attempt(Work work) {
    if (failed) {
      return;
    }
    try {
      work.run();
    } catch (Exception | LinkageError | OutOfMemoryError e) {
      failed = true;
      LOG.error("state cannot be written", e);
      Path file = new Path(target.savepoint, FAILURE);
      try (OutputStream out = file.getFileSystem().create(file, FileSystem.WriteMode.OVERWRITE)) {
        out.write(e.toString().getBytes(StandardCharsets.UTF_8));
      } catch (IOException unwritable) {
        LOG.error("nor can be said why", unwritable);
      }
    }
  }

  /** Flink makes two of each, of which one gets records: the other need not have state. */
  @Override
  public void initializeState(StreamTaskStateInitializer initializer) {
    states = initializer;
  }

  @Override
  public void open() {}

  private void openOnce() throws Exception {
    if (!opened) {
      opened = true;
      operator.initializeState(states);
      operator.open();
      operator.processWatermark(new Watermark(knowledgeTime));
    }
  }

  @Override
  public void setKeyContextElement1(StreamRecord<?> record) {
    attempt(
        () -> {
          openOnce();
          operator.setKeyContextElement1(record);
        });
  }

  @Override
  public void processElement(StreamRecord<IN> element) {
    attempt(() -> operator.processElement(element));
  }

  @Override
  public void endInput() {
    attempt(
        () -> {
          openOnce();
          target.output.collect(new StreamRecord<>(snapshot()));
        });
  }

  private TaggedOperatorSubtaskState snapshot() throws Exception {
    return SnapshotUtils.snapshot(
        0,
        this,
        target.task.getEnvironment().getTaskInfo().getIndexOfThisSubtask(),
        target.timestamp,
        CheckpointingMode.EXACTLY_ONCE,
        false,
        target.task.getConfiguration().getConfiguration(),
        target.savepoint);
  }

  @Override
  public void prepareSnapshotPreBarrier(long checkpoint) throws Exception {
    operator.prepareSnapshotPreBarrier(checkpoint);
  }

  @Override
  public OperatorSnapshotFutures snapshotState(
      long checkpoint, long time, CheckpointOptions options, CheckpointStreamFactory storage)
      throws Exception {
    return operator.snapshotState(checkpoint, time, options, storage);
  }

  @Override
  public void notifyCheckpointComplete(long checkpoint) throws Exception {
    operator.notifyCheckpointComplete(checkpoint);
  }

  @Override
  public void finish() {
    if (opened) {
      attempt(operator::finish);
    }
  }

  @Override
  public void close() throws Exception {
    if (opened) {
      operator.close();
    }
  }

  @Override
  public void setKeyContextElement2(StreamRecord<?> record) {
    throw new UnsupportedOperationException("there is one input");
  }

  @Override
  public void processWatermark(Watermark mark) {}

  @Override
  public void processWatermarkStatus(WatermarkStatus status) {}

  @Override
  public void processLatencyMarker(LatencyMarker marker) {}

  @Override
  public void setCurrentKey(Object key) {
    operator.setCurrentKey(key);
  }

  @Override
  public Object getCurrentKey() {
    return operator.getCurrentKey();
  }

  @Override
  public OperatorMetricGroup getMetricGroup() {
    return operator.getMetricGroup();
  }

  @Override
  public OperatorID getOperatorID() {
    return operator.getOperatorID();
  }
}
