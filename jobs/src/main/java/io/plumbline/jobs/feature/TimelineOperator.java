package io.plumbline.jobs.feature;

import io.plumbline.time.TileGrid;
import io.plumbline.timeline.TimelinePlan;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.accumulators.LongMaximum;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.InternalTimer;
import org.apache.flink.streaming.api.operators.InternalTimerService;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.Triggerable;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Carries the timelines of one entity: state, timers and output are Flink's, values are the
 * timeline's. Record timestamps and watermarks are knowledge time.
 *
 * <p>A question at {@code t} is answered once everything known by {@code t} has come: in a
 * streaming run when the watermark reaches {@code t}, in a batch run, where a key's records come
 * sorted by time but in no order where times are equal, at a record later than {@code t} or at the
 * key's end.
 */
public final class TimelineOperator extends AbstractStreamOperator<Answer>
    implements OneInputStreamOperator<Signal, Answer>, Triggerable<Long, VoidNamespace> {
  private static final long serialVersionUID = 1L;

  /** Accumulator: the most events that waited at once in one subtask to be settled. */
  public static final String PENDING_PEAK = "pending-peak";

  /** Accumulator: events that came after knowledge time had passed them. */
  public static final String UNSETTLED = "unsettled";

  /** In a batch run, folding waits for a question unless this many events of a key wait. */
  private static final int FOLD_AT = 4096;

  /** In a batch run, timers fire when all of a key's records were seen. */
  private static final long KEY_END = Long.MAX_VALUE - 1;

  private final FeatureSet set;
  private final int entity;
  private final InputOrder order;

  private transient TimelinePlan plan;
  private transient ValueState<KeyBucket> buckets;
  private transient InternalTimerService<VoidNamespace> timers;
  private transient LongMaximum pendingPeak;
  private transient LongCounter unsettled;
  private transient long pending;

  /**
   * @param entity index among the feature set's entities
   */
  public TimelineOperator(FeatureSet set, int entity, InputOrder order) {
    this.set = set;
    this.entity = entity;
    this.order = order;
  }

  @Override
  public void open() throws Exception {
    super.open();
    plan = set.plans().entities().get(entity);
    buckets =
        getRuntimeContext()
            .getState(
                new ValueStateDescriptor<>(
                    "timelines", FlowType.keyBuckets(set, plan.entity()).serializer()));
    timers = getInternalTimerService("due", VoidNamespaceSerializer.INSTANCE, this);
    pendingPeak = new LongMaximum(0);
    unsettled = new LongCounter();
    getRuntimeContext().addAccumulator(PENDING_PEAK + "-" + plan.entity(), pendingPeak);
    getRuntimeContext().addAccumulator(UNSETTLED + "-" + plan.entity(), unsettled);
  }

  @Override
  public void processElement(StreamRecord<Signal> element) throws Exception {
    Signal signal = element.getValue();
    long settled =
        order == InputOrder.BY_KEY_AND_TIME
            ? TileGrid.saturatedSubtract(element.getTimestamp(), 1)
            : timers.currentWatermark();
    KeyBucket bucket = buckets.value();
    if (bucket == null) {
      bucket = new KeyBucket();
    }
    KeyState state = bucket.of(signal.key(), plan);
    if (signal.event() != null) {
      if (element.getTimestamp() <= settled) {
        unsettled.add(1);
      }
      state.timeline.add(signal.event());
      pending++;
      pendingPeak.add(pending);
    } else {
      if (element.getTimestamp() <= settled) {
        throw new IllegalStateException(
            "question at " + signal.question().at() + " came after knowledge time " + settled);
      }
      state.ask(signal.question());
    }
    advance(state, settled);
    keep(bucket);
  }

  @Override
  public void onEventTime(InternalTimer<Long, VoidNamespace> timer) throws Exception {
    KeyBucket bucket = buckets.value();
    if (bucket == null) {
      return;
    }
    bucket.timer = Long.MAX_VALUE;
    long settled = timers.currentWatermark();
    for (KeyState state : bucket.keys) {
      advance(state, settled);
    }
    if (settled == Long.MAX_VALUE) {
      bucket.keys.forEach(state -> pending -= state.timeline.pending());
      buckets.clear();
      return;
    }
    bucket.keys.removeIf(KeyState::isEmpty);
    keep(bucket);
  }

  @Override
  public void onProcessingTime(InternalTimer<Long, VoidNamespace> timer) {
    throw new IllegalStateException("timelines know no processing time");
  }

  /** Answers what can be answered, and folds what has settled. */
  private void advance(KeyState state, long settled) {
    int before = state.timeline.pending();
    for (Question q = state.pollDue(settled); q != null; q = state.pollDue(settled)) {
      Object[] values = state.timeline.valuesAt(q.at());
      output.collect(new StreamRecord<>(new Answer(q.row(), entity, values, q.payload()), q.at()));
    }
    boolean fold = order == InputOrder.ARRIVAL || state.timeline.pending() >= FOLD_AT;
    if (fold && state.timeline.firstPending() <= settled) {
      state.timeline.settle(settled);
    }
    pending -= before - state.timeline.pending();
  }

  private void keep(KeyBucket bucket) throws Exception {
    if (bucket.keys.isEmpty()) {
      buckets.clear();
      return;
    }
    buckets.update(bucket);
    long due = order == InputOrder.BY_KEY_AND_TIME ? KEY_END : bucket.nextDue();
    if (due < bucket.timer) {
      timers.registerEventTimeTimer(VoidNamespace.INSTANCE, due);
      bucket.timer = due;
    }
  }
}
