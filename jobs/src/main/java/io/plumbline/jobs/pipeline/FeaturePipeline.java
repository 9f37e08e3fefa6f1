package io.plumbline.jobs.pipeline;

import io.plumbline.definition.Source;
import io.plumbline.jobs.admission.Deduplication;
import io.plumbline.jobs.feature.Admitted;
import io.plumbline.jobs.feature.Answer;
import io.plumbline.jobs.feature.Answered;
import io.plumbline.jobs.feature.Asked;
import io.plumbline.jobs.feature.EventSignals;
import io.plumbline.jobs.feature.FeatureSet;
import io.plumbline.jobs.feature.FlowType;
import io.plumbline.jobs.feature.InputOrder;
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
  private final InputOrder order;

  /**
   * @param order how records reach a key: by key and time in BATCH mode, as they arrive otherwise
   */
  public FeaturePipeline(FeatureSet set, InputOrder order) {
    this.set = set;
    this.order = order;
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
    return admitted
        .keyBy(Admitted::id, Types.STRING)
        .process(new Deduplication(set, source), FlowType.admitted(set, name))
        .uid(Uids.duplicates(name))
        .name("first copies of " + name);
  }

  private DataStream<Answer> timelines(
      int entity,
      TimelinePlan plan,
      Map<String, DataStream<Admitted>> events,
      DataStream<Asked> asked) {
    DataStream<Signal> signals =
        asked
            .flatMap(new QuestionSignals(entity))
            .returns(FlowType.signals(set, plan.entity()))
            .uid(Uids.questions(plan.entity()))
            .name("questions about " + plan.entity());
    for (TimelinePlan.SourcePlan source : plan.sources()) {
      String name = source.source().name();
      signals =
          signals.union(
              events
                  .get(name)
                  .transform(
                      "events of " + plan.entity() + " in " + name,
                      FlowType.signals(set, plan.entity()),
                      new EventSignals(set, entity, name))
                  .uid(Uids.events(name, plan.entity())));
    }
    return signals
        .keyBy(Signal::hash, Types.LONG)
        .transform(
            "timelines of " + plan.entity(),
            FlowType.answers(set),
            new TimelineOperator(set, entity, order))
        .uid(Uids.timelines(plan.entity()));
  }
}
