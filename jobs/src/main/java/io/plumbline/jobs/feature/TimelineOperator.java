package io.plumbline.jobs.feature;

import io.plumbline.timeline.Timeline;
import io.plumbline.timeline.TimelinePlan;
import java.io.IOException;
import java.util.List;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.accumulators.LongMaximum;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.InternalTimer;
import org.apache.flink.streaming.api.operators.InternalTimerService;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.Triggerable;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;

/**
 * Carries the timelines of one entity: state, timers and output are Flink's, values are the
 * timeline's. Record timestamps and watermarks are knowledge time.
 *
 * <p>A question at {@code t} is answered once everything known by {@code t} has come: in a
 * streaming run when the watermark reaches {@code t}, in a batch run when all of the key's bucket
 * is there.
 */
public final class TimelineOperator extends AbstractStreamOperator<Answer>
    implements OneInputStreamOperator<Parcel<Signal>, Answer>, Triggerable<Long, VoidNamespace> {
  private static final long serialVersionUID = 1L;

  /** Accumulator: the most events that waited at once in one subtask to be settled. */
  public static final String PENDING_PEAK = "pending-peak";

  /** Accumulator: events that came after knowledge time had passed them. */
  public static final String UNSETTLED = "unsettled";

  /** Accumulator: questions that came after knowledge time had passed them. */
  public static final String TOO_LATE = "too-late";

  /** In a batch run, timers fire when all of a bucket was seen. */
  private static final long BUCKET_END = Long.MAX_VALUE - 1;

  /** Some ten milliseconds of work at a checkpoint. */
  private static final int MOST_UNWRITTEN = 256;

  /** What is given away beside answers. */
  public enum Emission {
    /** Nothing. */
    ANSWERS,
    /** Whatever a key's features become, at {@link #updates}. */
    UPDATES
  }

  private final FeatureSet set;
  private final int entity;
  private final Emission emission;
  private final OutputTag<Update> updates;

  private transient TimelinePlan plan;
  private transient boolean showsLive;
  private transient KeptAtHand<KeyBucket> buckets;
  private transient KeysInTurn recalling;
  private transient KeysInTurn rewriting;
  private transient TimePassing time;
  private transient InternalTimerService<VoidNamespace> timers;
  private transient BucketBuffer buffer;
  private transient Codecs.Codec<Signal> signals;
  private transient LongMaximum pendingPeak;
  private transient LongCounter unsettled;
  private transient LongCounter tooLate;
  private transient TimelineMetrics counts;
  private transient KeptKnowledgeTime knowledge;
  private transient boolean restored;

  /**
   * @param entity index among the feature set's entities
   */
  public TimelineOperator(FeatureSet set, int entity, Emission emission) {
    this.set = set;
    this.entity = entity;
    this.emission = emission;
    this.updates = updates(set, set.plans().entities().get(entity).entity());
  }

  /** Side output of an entity's updates. */
  public static OutputTag<Update> updates(FeatureSet set, String entity) {
    return new OutputTag<>("updates", FlowType.updates(set, entity));
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    counts = new TimelineMetrics(context.getOperatorStateStore());
    knowledge = new KeptKnowledgeTime(context.getOperatorStateStore());
    restored = context.isRestored();
  }

  /** What was asked for before a checkpoint has been shown before it. */
  @Override
  public void prepareSnapshotPreBarrier(long checkpoint) throws Exception {
    TimePassing.finish(List.of(rewriting));
    buckets.flush();
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    counts.keep();
    knowledge.keep(isTime(settled()) ? settled() : knowledge.before());
  }

  @Override
  public void open() throws Exception {
    super.open();
    plan = set.plans().entities().get(entity);
    showsLive = plan.showsLive();
    buckets =
        new KeptAtHand<>(
            getKeyedStateBackend(),
            getRuntimeContext(),
            KeyBucket.STATE,
            FlowType.keyBuckets(set, plan.entity()),
            KeyBucket::new,
            MOST_UNWRITTEN);
    timers = getInternalTimerService("buckets", VoidNamespaceSerializer.INSTANCE, this);
    recalling = new KeysInTurn(this::recall);
    if (restored) {
      recalling.begin("restored", buckets.all());
    }
    rewriting = new KeysInTurn(this::showBucket);
    time =
        new TimePassing(
            this::onTime,
            List.of(recalling, rewriting),
            output,
            getContainingTask()
                .getMailboxExecutorFactory()
                .createExecutor(getOperatorConfig().getChainIndex()),
            getProcessingTimeService(),
            System::nanoTime);
    buffer = new BucketBuffer();
    signals = FlowType.signals(set, plan.entity()).codec();
    pendingPeak = new LongMaximum(0);
    unsettled = new LongCounter();
    getRuntimeContext().addAccumulator(PENDING_PEAK + "-" + plan.entity(), pendingPeak);
    getRuntimeContext().addAccumulator(UNSETTLED + "-" + plan.entity(), unsettled);
    MetricGroup metrics = getMetricGroup().addGroup("entity", plan.entity());
    counts.register(metrics, this::settled);
    buckets.register(metrics);
    tooLate = new LongCounter();
    getRuntimeContext().addAccumulator(TOO_LATE + "-" + plan.entity(), tooLate);
  }

  @Override
  public void close() throws Exception {
    if (buckets != null) {
      buckets.close();
    }
    super.close();
  }

  @Override
  public void processElement(StreamRecord<Parcel<Signal>> element) throws Exception {
    Parcel<Signal> parcel = element.getValue();
    time.giveWay();
    if (parcel.packed() == null) {
      arrived(parcel.one());
    } else if (emission == Emission.UPDATES) {
      arrivedTogether(parcel.packed());
    } else if (buffer.add(parcel.packed())) {
      timers.registerEventTimeTimer(VoidNamespace.INSTANCE, BUCKET_END);
    }
  }

  /** All of a bucket has come in a batch run. */
  @Override
  public void onEventTime(InternalTimer<Long, VoidNamespace> timer) throws Exception {
    answerBucket();
  }

  @Override
  public void onProcessingTime(InternalTimer<Long, VoidNamespace> timer) {
    throw new IllegalStateException("timelines know no processing time");
  }

  /** The time has come that a bucket was to be looked at, if it still is. */
  private void onTime(long dueAt, long hash) throws Exception {
    setCurrentKey(hash);
    KeyBucket bucket = buckets.current();
    if (!bucket.called(dueAt)) {
      return;
    }
    long settled = settled();
    for (KeyState state : bucket.keys) {
      boolean changes =
          emission == Emission.UPDATES && state.timeline.nextChange(state.asOf) <= settled;
      advance(state, settled, KeyState.FOLD_EARLY_MS);
      if (changes) {
        show(state, settled, Update.BY_TIME);
      }
    }
    bucket.keys.removeIf(key -> key.isDone(settled()));
    keep(bucket);
  }

  /** Has a bucket of an earlier run looked at when it is due. */
  private void recall(Long hash) throws Exception {
    KeyBucket bucket = buckets.look(hash);
    if (bucket == null) {
      return;
    }
    if (bucket.listedAt < Long.MAX_VALUE) {
      time.call(bucket.listedAt, hash);
    }
    if (bucket.dueAt < Long.MAX_VALUE) {
      time.call(bucket.dueAt, hash);
    } else {
      keep(buckets.current());
    }
  }

  private void arrived(Signal signal) throws Exception {
    if (signal.kind() == Signal.Kind.REWRITE) {
      if (rewriting.isNew(signal.key())) {
        rewriting.begin(signal.key(), buckets.all());
        time.goOn();
      }
      return;
    }
    KeyBucket bucket = buckets.current();
    KeyState state = bucket.of(signal.key(), plan);
    if (signal.kind() == Signal.Kind.QUESTION) {
      ask(state, signal.question());
    } else {
      take(state, signal);
      long ingestedAt = signal.event().moment().ingestedAt();
      showEvents(state, ingestedAt, ingestedAt);
    }
    advance(state, settled(), KeyState.FOLD_AFTER_MS);
    bucket.keys.removeIf(key -> key.isDone(settled()));
    keep(bucket);
  }

  /** Events of one bucket, nearly always of one key, which is shown once for all of them. */
  private void arrivedTogether(byte[] packed) throws Exception {
    KeyBucket bucket = buckets.current();
    DataInputDeserializer in = new DataInputDeserializer(packed);
    KeyState state = null;
    long oldest = Long.MAX_VALUE;
    long newest = Long.MIN_VALUE;
    while (in.available() > 0) {
      Signal signal = signals.read(in);
      if (state != null && !state.key.equals(signal.key())) {
        showEvents(state, oldest, newest);
        advance(state, settled(), KeyState.FOLD_AFTER_MS);
        oldest = Long.MAX_VALUE;
        newest = Long.MIN_VALUE;
      }
      state = bucket.of(signal.key(), plan);
      take(state, signal);
      oldest = Math.min(oldest, signal.event().moment().ingestedAt());
      newest = Math.max(newest, signal.event().moment().ingestedAt());
    }
    showEvents(state, oldest, newest);
    advance(state, settled(), KeyState.FOLD_AFTER_MS);
    bucket.keys.removeIf(key -> key.isDone(settled()));
    keep(bucket);
  }

  /** Takes in an event, or takes one back. */
  private void take(KeyState state, Signal signal) {
    if (signal.kind() == Signal.Kind.TAKEN_BACK) {
      if (state.timeline.retract(signal.event())) {
        counts.pending(-1);
      }
      return;
    }
    if (hasPassed(signal.event().knownAt())) {
      unsettled.add(1);
      counts.unsettled();
    }
    state.timeline.add(signal.event());
    counts.pending(1);
    pendingPeak.add(counts.pending());
  }

  @Override
  public void processWatermark(Watermark mark) throws Exception {
    if (emission == Emission.ANSWERS) {
      time.atOnceTo(mark);
      super.processWatermark(mark);
    } else if (mark.getTimestamp() == Long.MAX_VALUE) {
      time.end(mark);
    } else {
      time.to(mark);
    }
  }

  private void showBucket(Long hash) throws Exception {
    KeyBucket bucket = buckets.look(hash);
    if (bucket == null) {
      return;
    }
    for (KeyState state : bucket.keys) {
      if (!state.timeline.isEmpty()) {
        show(state, settled(), Update.BY_TIME);
      }
    }
  }

  private void ask(KeyState state, Question question) {
    if (hasPassed(question.at())) {
      tooLate.add(1);
      counts.tooLate();
      output.collect(
          new StreamRecord<>(
              new Answer(question.row(), entity, null, question.payload()), question.at()));
    } else {
      state.ask(question);
    }
  }

  /** Knowledge time, which does not fall back where a job goes on from its state. */
  private long settled() {
    return Math.max(time.now(), knowledge.before());
  }

  /** Whether knowledge time was beyond {@code time} already; before any watermark it is nowhere. */
  private boolean hasPassed(long time) {
    long settled = settled();
    return time <= settled && settled > Long.MIN_VALUE;
  }

  /** Answers what can be answered, and lets time pass. */
  private void advance(KeyState state, long settled, long foldAfterMs) {
    int pending = state.timeline.pending();
    int tiles = state.timeline.tiles();
    for (Question q = state.pollDue(settled); q != null; q = state.pollDue(settled)) {
      answer(q, state.timeline);
    }
    if (isTime(settled)) {
      if (state.foldsAt(foldAfterMs) <= settled) {
        state.timeline.settle(settled);
      } else {
        state.timeline.pass(settled);
      }
    }
    counts.pending(state.timeline.pending() - pending);
    counts.tiles(state.timeline.tiles() - tiles);
  }

  /**
   * The end of all input is no time by which live values would be old, or what questions wait for
   * would be in: they stay in the savepoint that a drained job leaves.
   */
  private boolean isTime(long settled) {
    return emission == Emission.ANSWERS || settled < Long.MAX_VALUE;
  }

  private void answer(Question question, Timeline timeline) {
    Object[] values = timeline.valuesAt(question.at());
    output.collect(
        new StreamRecord<>(
            new Answer(question.row(), entity, values, question.payload()), question.at()));
  }

  /**
   * Gives away what the key's features are, now that events have come or gone. Where all windows
   * are closed, time will: no sooner than one closes is there anything new.
   *
   * @param oldest ingestion time among the events, epoch ms
   * @param newest the same
   */
  private void showEvents(KeyState state, long oldest, long newest) {
    if (emission == Emission.UPDATES && showsLive) {
      show(state, Math.max(settled(), newest), oldest);
    }
  }

  private void show(KeyState state, long asOf, long ingestedAt) {
    state.asOf = Math.max(state.asOf, asOf);
    Object[] values = state.timeline.latest(state.asOf);
    output.collect(
        updates,
        new StreamRecord<>(
            new Update(entity, state.key, state.asOf, ingestedAt, values), state.asOf));
  }

  private void keep(KeyBucket bucket) throws Exception {
    if (!bucket.keys.isEmpty() && isTime(settled())) {
      long due = Long.MAX_VALUE;
      for (KeyState state : bucket.keys) {
        due = Math.min(due, state.nextDue(emission, settled()));
      }
      if (bucket.callAt(due)) {
        time.call(due, buckets.key());
      }
    }
    buckets.keep(bucket);
  }

  /** All of a bucket's keys, one after another, as a live job would have seen them. */
  private void answerBucket() throws IOException {
    BucketKeys keys = new BucketKeys(plan);
    for (byte[] parcel : buffer.drain()) {
      keys.add(parcel);
    }
    keys.forEachAsked(
        (events, questions) -> {
          Timeline timeline = new Timeline(plan);
          events.forEach(timeline::add);
          questions.forEach(question -> answer(question, timeline));
        });
  }
}
