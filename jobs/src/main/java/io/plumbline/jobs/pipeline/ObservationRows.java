package io.plumbline.jobs.pipeline;

import io.plumbline.jobs.feature.Asked;
import io.plumbline.jobs.feature.EntityKey;
import io.plumbline.jobs.feature.InputOrder;
import io.plumbline.jobs.observations.Observation;
import io.plumbline.jobs.observations.ObservationFile;
import io.plumbline.jobs.observations.ObservationIterator;
import java.util.Arrays;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Reads observations. In a streaming run all are read at once and in order of time, so that
 * watermarks let answers go while events come; otherwise each number that comes in is a split.
 */
public final class ObservationRows extends AbstractStreamOperator<Asked>
    implements OneInputStreamOperator<Integer, Asked> {
  private static final long serialVersionUID = 1L;

  private final ObservationFile file;
  private final int[] keyCounts;
  private final InputOrder order;

  /**
   * @param keyCounts number of key columns of each of the pipeline's entities, in order
   */
  public ObservationRows(ObservationFile file, int[] keyCounts, InputOrder order) {
    this.file = file;
    this.keyCounts = keyCounts;
    this.order = order;
  }

  @Override
  public void processElement(StreamRecord<Integer> element) {
    if (order == InputOrder.ARRIVAL) {
      for (Observation observation : file.sortedByTime()) {
        if (observation.at() > Long.MIN_VALUE) {
          output.emitWatermark(new Watermark(observation.at() - 1));
        }
        emit(observation);
      }
      return;
    }
    try (ObservationIterator rows = file.read(file.splits().get(element.getValue()))) {
      rows.forEachRemaining(this::emit);
    }
  }

  private void emit(Observation observation) {
    String[] keys = new String[keyCounts.length];
    int from = 0;
    for (int e = 0; e < keys.length; e++) {
      keys[e] = EntityKey.of(Arrays.copyOfRange(observation.keys(), from, from + keyCounts[e]));
      from += keyCounts[e];
    }
    Asked asked = new Asked(observation.row(), observation.at(), keys, observation.payload());
    output.collect(new StreamRecord<>(asked, observation.at()));
  }

  /** This operator makes its own. */
  @Override
  public void processWatermark(Watermark mark) throws Exception {
    if (mark.equals(Watermark.MAX_WATERMARK)) {
      super.processWatermark(mark);
    }
  }
}
