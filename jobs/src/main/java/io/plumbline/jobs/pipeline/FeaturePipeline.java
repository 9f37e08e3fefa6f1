package io.plumbline.jobs.pipeline;

import io.plumbline.definition.Source;
import io.plumbline.jobs.admission.Deduplication;
import io.plumbline.jobs.feature.Admitted;
import io.plumbline.jobs.feature.Answer;
import io.plumbline.jobs.feature.Answered;
import io.plumbline.jobs.feature.Asked;
import io.plumbline.jobs.feature.EntityKey;
import io.plumbline.jobs.feature.EventSignals;
import io.plumbline.jobs.feature.Exchange;
import io.plumbline.jobs.feature.FeatureSet;
import io.plumbline.jobs.feature.FlowType;
import io.plumbline.jobs.feature.Packing;
import io.plumbline.jobs.feature.Parcel;
import io.plumbline.jobs.feature.QuestionSignals;
import io.plumbline.jobs.feature.RowJoin;
import io.plumbline.jobs.feature.Signal;
import io.plumbline.jobs.feature.TimelineOperator;
import io.plumbline.jobs.feature.Uids;
import io.plumbline.timeline.TimelinePlan;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;

/**
 * The graph that every mode shares: events and questions in, answers out. Mains choose where they
 * come from and go to, and the runtime mode; nothing else.
 *
 * <pre>
 * admitted(source) ─ first copies ─ events(source, entity) ─┐
 *                                                           ├─ timelines(entity) ─ join by row
 * observations ─────────────────── questions(entity) ───────┘
 * </pre>
 */
public final class FeaturePipeline {
  private final FeatureSet set;
  private final Exchange exchange;

  /**
   * @param exchange how records reach the operators that keep state: as they arrive, or by bucket
   *     in BATCH mode
   */
  public FeaturePipeline(FeatureSet set, Exchange exchange) {
    this.set = set;
    this.exchange = exchange;
  }

  /**
   * Adds the graph.
   *
   * @param admitted records of each source, with ingestion times as timestamps and, in a streaming
   *     run, watermarks
   * @param asked observations, with their times as timestamps; in a streaming run their watermarks
   *     hold back answers, so an observation never comes too late
   * @return every observation once, with its answers
   */
  public DataStream<Answered> answers(
      Map<String, DataStream<Admitted>> admitted, DataStream<Asked> asked) {
    FeatureSet.Plans plans = set.plans();
    Map<String, DataStream<Admitted>> events = new java.util.HashMap<>();
    admitted.forEach((name, stream) -> events.put(name, firstCopies(name, stream)));
    DataStream<Answer> answers = null;
    for (int e = 0; e < plans.entities().size(); e++) {
      DataStream<Answer> more = timelines(e, plans.entities().get(e), events, asked);
      answers = answers == null ? more : answers.union(more);
    }
    if (answers == null) {
      throw new IllegalArgumentException("no feature reads any event");
    }
    return plans.entities().size() == 1
        ? answers
            .map(a -> new Answered(a.row(), new Object[][] {a.values()}, a.payload()))
            .returns(FlowType.answered(set))
            .uid(Uids.rows())
            .name("rows")
        : answers
            .keyBy(Answer::row, Types.LONG)
            .process(new RowJoin(set), FlowType.answered(set))
            .uid(Uids.rows())
            .name("rows");
  }

  private DataStream<Admitted> firstCopies(String name, DataStream<Admitted> admitted) {
    Source source = set.plans().definitions().source(name);
    if (source.eventId().isEmpty()) {
      return admitted;
    }
    FlowType<Admitted> type = FlowType.admitted(set, name);
    return packed(admitted, type, a -> EntityKey.hash(a.id()), Uids.duplicates(name))
        .keyBy(Parcel::group, Types.LONG)
        .transform("first copies of " + name, type, new Deduplication(set, source))
        .uid(Uids.duplicates(name));
  }

  private DataStream<Answer> timelines(
      int entity,
      TimelinePlan plan,
      Map<String, DataStream<Admitted>> events,
      DataStream<Asked> asked) {
    FlowType<Signal> type = FlowType.signals(set, plan.entity());
    DataStream<Signal> questions =
        asked
            .flatMap(new QuestionSignals(entity))
            .returns(type)
            .uid(Uids.questions(plan.entity()))
            .name("questions about " + plan.entity());
    DataStream<Parcel<Signal>> parcels =
        packed(questions, type, Signal::hash, Uids.questions(plan.entity()));
    for (TimelinePlan.SourcePlan source : plan.sources()) {
      String name = source.source().name();
      DataStream<Signal> signals =
          events
              .get(name)
              .transform(
                  "events of " + plan.entity() + " in " + name,
                  type,
                  new EventSignals(set, entity, name))
              .uid(Uids.events(name, plan.entity()));
      parcels =
          parcels.union(packed(signals, type, Signal::hash, Uids.events(name, plan.entity())));
    }
    return parcels
        .keyBy(Parcel::group, Types.LONG)
        .transform(
            "timelines of " + plan.entity(),
            FlowType.answers(set),
            new TimelineOperator(set, entity))
        .uid(Uids.timelines(plan.entity()));
  }

  private <T> DataStream<Parcel<T>> packed(
      DataStream<T> objects, FlowType<T> type, Packing.KeyHash<T> hash, String uid) {
    return objects
        .transform("parcels", type.parcels(), new Packing<>(type, hash, exchange))
        .uid(Uids.parcels(uid));
  }
}
