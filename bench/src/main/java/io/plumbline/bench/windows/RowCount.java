package io.plumbline.bench.windows;

import java.io.Serializable;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/** The end of every job: counts rows, throws them away, and says how far time has come. */
final class RowCount<T> extends AbstractStreamOperator<Void>
    implements OneInputStreamOperator<T, Void> {
  private static final long serialVersionUID = 1L;

  /** How a row is compared. */
  @FunctionalInterface
  interface Text<T> extends Serializable {
    /** Null if the row is none of those that are compared. */
    String of(T row);
  }

  private final Text<T> text;
  private transient Progress progress;
  private transient int subtask;
  private transient long rows;

  private RowCount(Text<T> text) {
    this.text = text;
  }

  /** Ends a job. */
  static <T> void end(DataStream<T> stream, Text<T> text) {
    stream.transform("rows", Types.VOID, new RowCount<>(text)).uid("rows");
  }

  @Override
  public void open() throws Exception {
    super.open();
    progress = Progress.current();
    subtask = getRuntimeContext().getTaskInfo().getIndexOfThisSubtask();
  }

  @Override
  public void processElement(StreamRecord<T> element) {
    rows++;
    if (progress.keepsText()) {
      String row = text.of(element.getValue());
      if (row != null) {
        progress.keep(row);
      }
    }
  }

  @Override
  public void processWatermark(Watermark mark) {
    progress.mark(subtask, mark.getTimestamp(), rows);
  }
}
