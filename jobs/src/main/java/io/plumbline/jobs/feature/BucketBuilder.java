package io.plumbline.jobs.feature;

import io.plumbline.jobs.feature.TimelineOperator.Emission;
import io.plumbline.timeline.Event;
import io.plumbline.timeline.TimelinePlan;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.InternalTimer;
import org.apache.flink.streaming.api.operators.InternalTimerService;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.Triggerable;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Makes, in a batch run, what a live job would keep of one entity's keys after the events that come
 * in: everything is settled up to a knowledge time, what became known later is pending. A key of
 * which nothing is left by then has no state. Keyed by the parcels' bucket.
 */
public final class BucketBuilder extends AbstractStreamOperator<KeyBucket>
    implements OneInputStreamOperator<Parcel<Signal>, KeyBucket>, Triggerable<Long, VoidNamespace> {
  private static final long serialVersionUID = 1L;

  /** Accumulator, by entity: hashes of keys that have state. */
  public static final String KEYS = "keys";

  /** Fires when all of a bucket was seen. */
  private static final long BUCKET_END = Long.MAX_VALUE - 1;

  private final FeatureSet set;
  private final int entity;
  private final long knowledgeTime;

  private transient TimelinePlan plan;
  private transient InternalTimerService<VoidNamespace> timers;
  private transient BucketBuffer buffer;
  private transient LongCounter kept;

  /**
   * @param entity index among the feature set's entities
   * @param knowledgeTime epoch ms
   */
  public BucketBuilder(FeatureSet set, int entity, long knowledgeTime) {
    this.set = set;
    this.entity = entity;
    this.knowledgeTime = knowledgeTime;
  }

  @Override
  public void open() throws Exception {
    super.open();
    plan = set.plans().entities().get(entity);
    timers = getInternalTimerService("buckets", VoidNamespaceSerializer.INSTANCE, this);
    buffer = new BucketBuffer();
    kept = new LongCounter();
    getRuntimeContext().addAccumulator(KEYS + "/" + plan.entity(), kept);
  }

  @Override
  public void processElement(StreamRecord<Parcel<Signal>> element) {
    if (buffer.add(element.getValue().packed())) {
      timers.registerEventTimeTimer(VoidNamespace.INSTANCE, BUCKET_END);
    }
  }

  @Override
  public void onEventTime(InternalTimer<Long, VoidNamespace> timer) throws IOException {
    BucketKeys keys = new BucketKeys(plan);
    for (byte[] parcel : buffer.drain()) {
      keys.add(parcel);
    }
    Map<Long, KeyBucket> buckets = new LinkedHashMap<>();
    keys.forEachKey((key, events) -> fill(buckets, key, events));
    kept.add(buckets.size());
    buckets.values().forEach(bucket -> output.collect(new StreamRecord<>(bucket)));
  }

  @Override
  public void onProcessingTime(InternalTimer<Long, VoidNamespace> timer) {
    throw new IllegalStateException("timelines know no processing time");
  }

  private void fill(Map<Long, KeyBucket> buckets, String key, List<Event> events) {
    KeyBucket bucket = new KeyBucket();
    KeyState state = bucket.of(key, plan);
    events.forEach(state.timeline::add);
    state.timeline.settle(knowledgeTime);
    if (state.isEmpty()) {
      return;
    }
    state.asOf = asOf(state, events);
    bucket.dueAt = state.nextDue(Emission.UPDATES, knowledgeTime);
    buckets.merge(bucket.hash(), bucket, KeyBucket::with);
  }

  /** A live job shows an event at once, where not all windows are closed. */
  private long asOf(KeyState state, List<Event> events) {
    if (state.timeline.pending() == 0 || !plan.showsLive()) {
      return knowledgeTime;
    }
    return Math.max(knowledgeTime, events.get(events.size() - 1).knownAt());
  }
}
