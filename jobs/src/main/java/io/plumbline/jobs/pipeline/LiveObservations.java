package io.plumbline.jobs.pipeline;

import io.plumbline.jobs.feature.Asked;
import io.plumbline.jobs.feature.EntityKey;
import io.plumbline.jobs.kafka.LogRecord;
import io.plumbline.jobs.observations.JsonBuffer;
import io.plumbline.jobs.observations.JsonObservation;
import io.plumbline.jobs.observations.Observation;
import io.plumbline.jobs.observations.ObservationOptions;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;

/** Observations that come from a topic, each a JSON object. */
public final class LiveObservations extends AbstractStreamOperator<Asked>
    implements OneInputStreamOperator<LogRecord, Asked> {
  private static final long serialVersionUID = 1L;

  /** Answers to what is no observation, as JSON. */
  public static final OutputTag<byte[]> REFUSED =
      new OutputTag<>("refused", PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO);

  /** Metric: observations read. */
  public static final String OBSERVATIONS = "observations";

  /** Metric: observations that could not be read. */
  public static final String MALFORMED = "observationsMalformed";

  private static final int OFFSET_BITS = 48;

  private final ObservationOptions options;
  private final int[] keyCounts;
  private transient JsonObservation json;
  private transient Counter observations;
  private transient Counter malformed;

  /**
   * @param keyCounts number of key columns of each of the pipeline's entities, in order
   */
  public LiveObservations(ObservationOptions options, int[] keyCounts) {
    this.options = options;
    this.keyCounts = keyCounts.clone();
  }

  @Override
  public void open() throws Exception {
    super.open();
    json = new JsonObservation(options);
    observations = getMetricGroup().counter(OBSERVATIONS);
    malformed = getMetricGroup().counter(MALFORMED);
  }

  @Override
  public void processElement(StreamRecord<LogRecord> element) {
    LogRecord record = element.getValue();
    long row = (long) record.partition() << OFFSET_BITS | record.offset();
    Observation observation;
    try {
      observation = json.read(record.value(), row);
    } catch (IllegalArgumentException e) {
      malformed.inc();
      output.collect(REFUSED, element.replace(refusal(record, e.getMessage())));
      return;
    }
    observations.inc();
    String[] keys = new String[keyCounts.length];
    int from = 0;
    for (int e = 0; e < keys.length; e++) {
      int to = from + keyCounts[e];
      keys[e] = EntityKey.of(Arrays.copyOfRange(observation.keys(), from, to));
      from = to;
    }
    Asked asked = new Asked(row, observation.at(), keys, observation.payload());
    output.collect(new StreamRecord<>(asked, observation.at()));
  }

  /**
   * A log that is drained is at its end for this job alone. Nothing must age by that: what it
   * leaves goes on where it was.
   */
  @Override
  public void processWatermark(Watermark mark) throws Exception {
    if (!mark.equals(Watermark.MAX_WATERMARK)) {
      super.processWatermark(mark);
    }
  }

  private static byte[] refusal(LogRecord record, String problem) {
    JsonBuffer out = new JsonBuffer();
    out.beginLine();
    out.field(JsonBuffer.quoted("error"));
    out.string(problem);
    out.field(JsonBuffer.quoted("observation"));
    if (record.value() == null) {
      out.nil();
    } else {
      out.string(new String(record.value(), StandardCharsets.UTF_8));
    }
    out.field(JsonBuffer.quoted("partition"));
    out.number((long) record.partition());
    out.field(JsonBuffer.quoted("offset"));
    out.number(record.offset());
    return out.takeObject();
  }
}
