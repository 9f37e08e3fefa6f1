package io.plumbline.jobs.pipeline;

import io.plumbline.definition.Source;
import io.plumbline.jobs.admission.Intake;
import io.plumbline.jobs.admission.Reason;
import io.plumbline.jobs.admission.Rejected;
import io.plumbline.jobs.admission.RejectedType;
import io.plumbline.jobs.decode.IngestedField;
import io.plumbline.jobs.decode.Malformed;
import io.plumbline.jobs.decode.TimeText;
import io.plumbline.jobs.feature.Admitted;
import io.plumbline.jobs.feature.FeatureSet;
import io.plumbline.jobs.kafka.EventDecoder;
import io.plumbline.jobs.kafka.LogRecord;
import io.plumbline.jobs.kafka.RegistrySettings;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.avro.generic.GenericData;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;

/**
 * Decodes the records of one source's topic, and lets in what is admitted. Record timestamps are
 * ingestion times.
 */
public final class LogRecords extends AbstractStreamOperator<Admitted>
    implements OneInputStreamOperator<LogRecord, Admitted> {
  private static final long serialVersionUID = 1L;

  /** Records that are no events; those that are duplicates are found later. */
  public static final OutputTag<Rejected> REJECTED =
      new OutputTag<>("rejected", RejectedType.INSTANCE);

  /** Metric: records read. */
  public static final String RECORDS = "records";

  /** Metric, by {@code reason}: records rejected. */
  public static final String REJECTIONS = "rejected";

  /** Metric, by {@code feature}: events on which an expression failed. */
  public static final String FAILED = "expressionErrors";

  private final FeatureSet set;
  private final String source;
  private final RegistrySettings registry;
  private transient EventDecoder decoder;
  private transient IngestedField ingested;
  private transient Intake intake;
  private transient Judgements judgements;
  private transient boolean keepsPayload;
  private transient Counter records;

  /**
   * @param registry where writers' schemas are, if values name them
   */
  public LogRecords(FeatureSet set, String source, RegistrySettings registry) {
    this.set = set;
    this.source = source;
    this.registry = registry;
  }

  @Override
  public void open() throws Exception {
    super.open();
    Source definition = set.plans().definitions().source(source);
    keepsPayload = definition.eventId().isPresent();
    decoder = new EventDecoder(definition, registry);
    ingested =
        definition.ingestedAt() instanceof Source.IngestedAt.Field field
            ? new IngestedField(definition.schema(), field.name(), TimeText.ISO)
            : null;
    MetricGroup metrics = getMetricGroup().addGroup("source", source);
    records = metrics.counter(RECORDS);
    judgements = new Judgements(metrics);
    intake = new Intake(set, source, judgements);
  }

  @Override
  public void processElement(StreamRecord<LogRecord> element) {
    LogRecord record = element.getValue();
    records.inc();
    GenericData.Record event;
    long ingestedAt;
    try {
      event = decoder.decode(record.value());
      ingestedAt = ingestedAt(event, element);
    } catch (Malformed e) {
      judgements.malformed(element, e.reason());
      return;
    }
    judgements.reason = null;
    Optional<Admitted> admitted =
        intake.take(event, ingestedAt, record.partition(), record.offset());
    if (admitted.isPresent()) {
      Admitted taken = keepsPayload ? admitted.get().carrying(record.value()) : admitted.get();
      output.collect(new StreamRecord<>(taken, ingestedAt));
    } else if (judgements.reason != null) {
      judgements.ingestedAt = ingestedAt;
      judgements.send(element, "");
    }
  }

  /**
   * Where a field says it, the field itself is asked: the topic's reader, which asked it before,
   * may not have known the writer's schema yet, and have taken the log's time instead.
   */
  private long ingestedAt(GenericData.Record event, StreamRecord<LogRecord> element)
      throws Malformed {
    return ingested == null
        ? element.getTimestamp()
        : ingested.of(event).orElseThrow(() -> new Malformed("no ingestion time"));
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

  /** Counts and hands on what does not pass. */
  private final class Judgements implements Intake.Listener {
    private final Map<Reason, Counter> rejected = new EnumMap<>(Reason.class);
    private final Map<String, Counter> failed = new HashMap<>();
    private final MetricGroup metrics;
    private Reason reason;

    /** Null if nothing says it. */
    private Long ingestedAt;

    private OptionalLong sentTime = OptionalLong.empty();

    Judgements(MetricGroup metrics) {
      this.metrics = metrics;
      for (Reason r : Reason.values()) {
        if (r != Reason.DUPLICATE) {
          rejected.put(r, metrics.addGroup("reason", r.label()).counter(REJECTIONS));
        }
      }
    }

    @Override
    public void rejected(Reason why, OptionalLong sent) {
      reason = why;
      sentTime = sent;
    }

    @Override
    public void failed(String featureId) {
      failed
          .computeIfAbsent(featureId, id -> metrics.addGroup("feature", id).counter(FAILED))
          .inc();
    }

    void malformed(StreamRecord<LogRecord> element, String detail) {
      rejected(Reason.MALFORMED, OptionalLong.empty());
      ingestedAt = ingested == null ? (Long) element.getTimestamp() : null;
      send(element, detail);
    }

    void send(StreamRecord<LogRecord> element, String detail) {
      rejected.get(reason).inc();
      LogRecord record = element.getValue();
      Rejected out =
          new Rejected(
              source,
              reason,
              sentTime.isPresent() ? (Long) sentTime.getAsLong() : null,
              ingestedAt,
              detail,
              record.topic(),
              record.partition(),
              record.offset(),
              record.value());
      output.collect(REJECTED, new StreamRecord<>(out, element.getTimestamp()));
    }
  }
}
