package io.plumbline.jobs.pipeline;

import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Says, before each split of a lake that is read in order of time, how far knowledge has come: to
 * the first record of that split.
 */
public final class HourMarks extends AbstractStreamOperator<Integer>
    implements OneInputStreamOperator<Integer, Integer> {
  private static final long serialVersionUID = 1L;

  private final long[] firstIngestedAt;

  /**
   * @param firstIngestedAt of the splits, epoch ms, not falling
   */
  public HourMarks(long[] firstIngestedAt) {
    this.firstIngestedAt = firstIngestedAt.clone();
  }

  @Override
  public void processElement(StreamRecord<Integer> element) {
    int split = element.getValue();
    if (split != LakeRecords.NOTHING && firstIngestedAt[split] > Long.MIN_VALUE) {
      output.emitWatermark(new Watermark(firstIngestedAt[split] - 1));
    }
    output.collect(element);
  }

  /** This operator makes its own. */
  @Override
  public void processWatermark(Watermark mark) throws Exception {
    if (mark.equals(Watermark.MAX_WATERMARK)) {
      super.processWatermark(mark);
    }
  }
}
