package io.plumbline.jobs.feature;

import io.plumbline.aggregate.Moment;
import io.plumbline.time.Knowledge;
import io.plumbline.timeline.Event;
import io.plumbline.timeline.TimelinePlan;
import java.util.List;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Takes one entity's part of each admitted record, and moves from ingestion time, in which records
 * were judged, to knowledge time.
 */
public final class EventSignals extends AbstractStreamOperator<Signal>
    implements OneInputStreamOperator<Admitted, Signal> {
  private static final long serialVersionUID = 1L;

  private final int entity;
  private final int source;
  private final Knowledge knowledge;

  /**
   * @param entity index among the feature set's entities
   * @param source name of the records' source
   */
  public EventSignals(FeatureSet set, int entity, String source) {
    this.entity = entity;
    this.knowledge = set.knowledge();
    List<TimelinePlan.SourcePlan> sources = set.plans().entities().get(entity).sources();
    this.source = sources.stream().map(s -> s.source().name()).toList().indexOf(source);
  }

  @Override
  public void processElement(StreamRecord<Admitted> element) {
    Admitted.Part part = element.getValue().parts()[entity];
    if (part != null) {
      Moment moment = element.getValue().moment();
      long knownAt = knowledge.knownAt(moment.eventTime(), moment.ingestedAt());
      Event event = new Event(source, knownAt, moment, part.values());
      Signal signal =
          element.getValue().standing() == Admitted.Standing.COUNTS
              ? Signal.of(part.key(), event)
              : Signal.takenBack(part.key(), event);
      output.collect(new StreamRecord<>(signal, knownAt));
    }
  }

  /** Ingestion time says nothing about event time: in hindsight all is known only at the end. */
  @Override
  public void processWatermark(Watermark mark) throws Exception {
    if (knowledge == Knowledge.AS_KNOWN || mark.equals(Watermark.MAX_WATERMARK)) {
      super.processWatermark(mark);
    }
  }
}
