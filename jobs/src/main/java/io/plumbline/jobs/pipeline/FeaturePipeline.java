package io.plumbline.jobs.pipeline;

import io.plumbline.definition.Source;
import io.plumbline.jobs.admission.Deduplication;
import io.plumbline.jobs.admission.Rejected;
import io.plumbline.jobs.feature.Admitted;
import io.plumbline.jobs.feature.Answer;
import io.plumbline.jobs.feature.Answered;
import io.plumbline.jobs.feature.Asked;
import io.plumbline.jobs.feature.BucketBuilder;
import io.plumbline.jobs.feature.EventSignals;
import io.plumbline.jobs.feature.Exchange;
import io.plumbline.jobs.feature.FeatureSet;
import io.plumbline.jobs.feature.FlowType;
import io.plumbline.jobs.feature.KeyBucket;
import io.plumbline.jobs.feature.Packing;
import io.plumbline.jobs.feature.Parcel;
import io.plumbline.jobs.feature.PopularPacking;
import io.plumbline.jobs.feature.QuestionSignals;
import io.plumbline.jobs.feature.RewriteSignals;
import io.plumbline.jobs.feature.RowJoin;
import io.plumbline.jobs.feature.SeenIds;
import io.plumbline.jobs.feature.Signal;
import io.plumbline.jobs.feature.TimelineOperator;
import io.plumbline.jobs.feature.TimelineOperator.Emission;
import io.plumbline.jobs.feature.Uids;
import io.plumbline.jobs.feature.Update;
import io.plumbline.timeline.TimelinePlan;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;

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
    return rows(timelines(admitted, new Beside(Optional.of(asked), Optional.empty())).timelines());
  }

  /**
   * Adds the graph of a live job, which also gives away what every key's features become.
   *
   * @param admitted as above; duplicates that carry a payload are handed on
   * @param asked observations; empty if nobody asks
   * @param rewrites numbers of requests to give away every key's features again; idle in between
   */
  public Live live(
      Map<String, DataStream<Admitted>> admitted,
      Optional<DataStream<Asked>> asked,
      DataStream<Long> rewrites) {
    Timelines graph = timelines(admitted, new Beside(asked, Optional.of(rewrites)));
    Map<String, DataStream<Update>> updates = new LinkedHashMap<>();
    graph.timelines.forEach(
        (entity, stream) ->
            updates.put(entity, stream.getSideOutput(TimelineOperator.updates(set, entity))));
    return new Live(
        updates,
        graph.duplicates,
        asked.isPresent() ? Optional.of(rows(graph.timelines)) : Optional.empty());
  }

  /**
   * What a live job gives.
   *
   * @param updates of each entity
   * @param duplicates of each source that names an event id
   * @param answers every observation once
   */
  public record Live(
      Map<String, DataStream<Update>> updates,
      Map<String, DataStream<Rejected>> duplicates,
      Optional<DataStream<Answered>> answers) {}

  /**
   * Adds, in BATCH mode, the graph that ends in what a live job would keep after these records.
   *
   * @param admitted records of each source
   * @param knowledgeTime up to which everything is settled, epoch ms
   * @return the state of each entity's keys, once for each hash
   */
  public Map<String, DataStream<KeyBucket>> buckets(
      Map<String, DataStream<Admitted>> admitted, long knowledgeTime) {
    Map<String, DataStream<Admitted>> events = events(admitted, new HashMap<>());
    Map<String, DataStream<KeyBucket>> buckets = new LinkedHashMap<>();
    List<TimelinePlan> plans = set.plans().entities();
    for (int e = 0; e < plans.size(); e++) {
      String name = plans.get(e).entity();
      buckets.put(
          name,
          signals(e, plans.get(e), events, Emission.ANSWERS).stream()
              .reduce((a, b) -> a.union(b))
              .orElseThrow()
              .keyBy(Parcel::group, Types.LONG)
              .transform(
                  "timelines of " + name,
                  FlowType.keyBuckets(set, name),
                  new BucketBuilder(set, e, knowledgeTime)));
    }
    return buckets;
  }

  /** What reaches timelines beside events; a live job is known by its rewrites. */
  private record Beside(Optional<DataStream<Asked>> asked, Optional<DataStream<Long>> rewrites) {
    Emission emission() {
      return rewrites.isPresent() ? Emission.UPDATES : Emission.ANSWERS;
    }
  }

  private record Timelines(
      Map<String, SingleOutputStreamOperator<Answer>> timelines,
      Map<String, DataStream<Rejected>> duplicates) {}

  private Timelines timelines(Map<String, DataStream<Admitted>> admitted, Beside beside) {
    Map<String, DataStream<Rejected>> duplicates = new LinkedHashMap<>();
    Map<String, DataStream<Admitted>> events = events(admitted, duplicates);
    Map<String, SingleOutputStreamOperator<Answer>> timelines = new LinkedHashMap<>();
    List<TimelinePlan> plans = set.plans().entities();
    for (int e = 0; e < plans.size(); e++) {
      timelines.put(plans.get(e).entity(), timelines(e, plans.get(e), events, beside));
    }
    return new Timelines(timelines, duplicates);
  }

  /** First copies of each source's records, and the others where they are to be put. */
  private Map<String, DataStream<Admitted>> events(
      Map<String, DataStream<Admitted>> admitted, Map<String, DataStream<Rejected>> duplicates) {
    Map<String, DataStream<Admitted>> events = new HashMap<>();
    admitted.forEach(
        (name, stream) -> {
          if (set.plans().definitions().source(name).eventId().isPresent()) {
            SingleOutputStreamOperator<Admitted> first = firstCopies(name, stream);
            events.put(name, first);
            duplicates.put(name, first.getSideOutput(Deduplication.REJECTED));
          } else {
            events.put(name, stream);
          }
        });
    return events;
  }

  private DataStream<Answered> rows(Map<String, SingleOutputStreamOperator<Answer>> timelines) {
    DataStream<Answer> answers = null;
    for (DataStream<Answer> more : timelines.values()) {
      answers = answers == null ? more : answers.union(more);
    }
    if (answers == null) {
      throw new IllegalArgumentException("no feature reads any event");
    }
    return timelines.size() == 1
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

  private SingleOutputStreamOperator<Admitted> firstCopies(
      String name, DataStream<Admitted> admitted) {
    Source source = set.plans().definitions().source(name);
    FlowType<Admitted> type = FlowType.admitted(set, name);
    return packed(admitted, type, SeenIds::group, Uids.duplicates(name))
        .keyBy(Parcel::group, Types.LONG)
        .transform("first copies of " + name, type, new Deduplication(set, source))
        .uid(Uids.duplicates(name));
  }

  private SingleOutputStreamOperator<Answer> timelines(
      int entity, TimelinePlan plan, Map<String, DataStream<Admitted>> events, Beside beside) {
    List<DataStream<Parcel<Signal>>> parcels = new ArrayList<>();
    beside.asked.ifPresent(asked -> parcels.add(questions(entity, plan, asked)));
    beside.rewrites.ifPresent(numbers -> parcels.add(rewrites(plan, numbers)));
    parcels.addAll(signals(entity, plan, events, beside.emission()));
    return parcels.stream()
        .reduce((a, b) -> a.union(b))
        .orElseThrow()
        .keyBy(Parcel::group, Types.LONG)
        .transform(
            "timelines of " + plan.entity(),
            FlowType.answers(set),
            new TimelineOperator(set, entity, beside.emission()))
        .uid(Uids.timelines(plan.entity()));
  }

  private List<DataStream<Parcel<Signal>>> signals(
      int entity, TimelinePlan plan, Map<String, DataStream<Admitted>> events, Emission emission) {
    FlowType<Signal> type = FlowType.signals(set, plan.entity());
    List<DataStream<Parcel<Signal>>> parcels = new ArrayList<>();
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
      parcels.add(
          emission == Emission.UPDATES
              ? signals
                  .transform("parcels", type.parcels(), new PopularPacking(type))
                  .uid(Uids.parcels(Uids.events(name, plan.entity())))
              : packed(signals, type, Signal::hash, Uids.events(name, plan.entity())));
    }
    return parcels;
  }

  private DataStream<Parcel<Signal>> questions(
      int entity, TimelinePlan plan, DataStream<Asked> asked) {
    FlowType<Signal> type = FlowType.signals(set, plan.entity());
    DataStream<Signal> questions =
        asked
            .flatMap(new QuestionSignals(entity))
            .returns(type)
            .uid(Uids.questions(plan.entity()))
            .name("questions about " + plan.entity());
    return packed(questions, type, Signal::hash, Uids.questions(plan.entity()));
  }

  private DataStream<Parcel<Signal>> rewrites(TimelinePlan plan, DataStream<Long> numbers) {
    int keyGroups = numbers.getExecutionEnvironment().getMaxParallelism();
    return numbers
        .flatMap(new RewriteSignals(keyGroups))
        .returns(FlowType.signals(set, plan.entity()).parcels())
        .setParallelism(1)
        .uid(Uids.rewrites(plan.entity()))
        .name("rewrites of " + plan.entity());
  }

  private <T> DataStream<Parcel<T>> packed(
      DataStream<T> objects, FlowType<T> type, Packing.KeyHash<T> hash, String uid) {
    return objects
        .transform("parcels", type.parcels(), new Packing<>(type, hash, exchange))
        .uid(Uids.parcels(uid));
  }
}
