package io.plumbline.jobs.pipeline;

import io.plumbline.jobs.feature.Answered;
import io.plumbline.jobs.feature.FeatureSet;
import io.plumbline.jobs.observations.JsonBuffer;
import io.plumbline.jobs.table.FeatureColumn;
import io.plumbline.jobs.table.FinishedRow;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Finishes answers as JSON: the observation as it came, then a field for each feature. One that
 * came too late has {@code "too_late": true} instead, and no features.
 */
public final class LiveAnswers extends AbstractStreamOperator<byte[]>
    implements OneInputStreamOperator<Answered, byte[]> {
  private static final long serialVersionUID = 1L;

  /** The field of an observation that came too late. */
  public static final String TOO_LATE = "too_late";

  /** Metric: observations answered with features. */
  public static final String ANSWERED = "answers";

  /** Metric: observations that came after knowledge time had passed them. */
  public static final String TOO_LATE_ANSWERS = "answersTooLate";

  private static final byte[] TOO_LATE_FIELD = JsonBuffer.quoted(TOO_LATE);

  private final FeatureSet set;
  private transient FeatureFinisher finisher;
  private transient byte[][] names;
  private transient JsonBuffer json;
  private transient Counter answered;
  private transient Counter tooLate;

  public LiveAnswers(FeatureSet set) {
    this.set = set;
  }

  @Override
  public void open() throws Exception {
    super.open();
    finisher = new FeatureFinisher(set.plans());
    names =
        FeatureFinisher.columns(set.plans()).stream()
            .map(FeatureColumn::name)
            .map(JsonBuffer::quoted)
            .toArray(byte[][]::new);
    json = new JsonBuffer();
    answered = getMetricGroup().counter(ANSWERED);
    tooLate = getMetricGroup().counter(TOO_LATE_ANSWERS);
  }

  @Override
  public void processElement(StreamRecord<Answered> element) {
    Answered row = element.getValue();
    json.reopenLine(row.payload());
    if (row.tooLate()) {
      tooLate.inc();
      json.field(TOO_LATE_FIELD);
      json.bool(true);
    } else {
      answered.inc();
      FinishedRow finished = finisher.finish(row.values());
      for (int i = 0; i < names.length; i++) {
        json.field(names[i]);
        json.value(finished.values()[i]);
      }
    }
    output.collect(element.replace(json.takeObject()));
  }
}
