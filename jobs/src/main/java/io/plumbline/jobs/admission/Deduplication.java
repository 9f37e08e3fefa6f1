package io.plumbline.jobs.admission;

import io.plumbline.aggregate.Moment;
import io.plumbline.definition.Source;
import io.plumbline.jobs.feature.Admitted;
import io.plumbline.jobs.feature.BucketBuffer;
import io.plumbline.jobs.feature.FeatureSet;
import io.plumbline.jobs.feature.FlowType;
import io.plumbline.jobs.feature.KeptAtHand;
import io.plumbline.jobs.feature.KeptKnowledgeTime;
import io.plumbline.jobs.feature.Parcel;
import io.plumbline.jobs.feature.SeenIds;
import io.plumbline.time.Knowledge;
import io.plumbline.time.TileGrid;
import java.io.IOException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.metrics.Counter;
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
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;

/**
 * Lets the first copy of an event pass, first by (ingestion time, partition, offset). As records
 * arrive, a copy passes at once, so that live values are fresh; if an earlier one comes before
 * knowledge time has passed it, it is taken back. So whoever waits for knowledge time sees first
 * copies alone. Keyed by {@link SeenIds#group}; record timestamps and watermarks are ingestion
 * time.
 */
public final class Deduplication extends AbstractStreamOperator<Admitted>
    implements OneInputStreamOperator<Parcel<Admitted>, Admitted>,
        Triggerable<Long, VoidNamespace> {
  private static final long serialVersionUID = 1L;

  private static final Comparator<Admitted> LOG_ORDER =
      Comparator.comparing(
          Admitted::moment,
          Comparator.comparingLong(Moment::ingestedAt)
              .thenComparingInt(Moment::partition)
              .thenComparingLong(Moment::offset));

  /** Metric, by {@code source} and {@code reason}: records rejected. */
  public static final String REJECTIONS = "rejected";

  /** Metric, by {@code source}: records that came after knowledge time had passed them. */
  public static final String UNSETTLED = "unsettledRecords";

  /** Later copies, where records carry their payload. */
  public static final OutputTag<Rejected> REJECTED =
      new OutputTag<>("duplicates", RejectedType.INSTANCE);

  /** A record makes one group wait to be written, at most. */
  private static final int WRITTEN_FOR_A_RECORD = 2;

  /** All groups that live events fall into; a log that is caught up on fills each of them. */
  private static final int MOST_UNWRITTEN = 1 << 14;

  /** In a batch run, timers fire when all of a bucket was seen. */
  private static final long BUCKET_END = Long.MAX_VALUE - 1;

  private final FeatureSet set;
  private final String source;
  private final String topic;
  private final long latenessMs;

  private transient KeptAtHand<SeenIds> seen;
  private transient InternalTimerService<VoidNamespace> timers;
  private transient BucketBuffer buffer;
  private transient FlowType<Admitted> type;
  private transient LongCounter duplicates;
  private transient Counter rejected;
  private transient Counter unsettled;
  private transient KeptKnowledgeTime knowledge;

  public Deduplication(FeatureSet set, Source source) {
    this.set = set;
    this.source = source.name();
    this.topic = source.topic();
    this.latenessMs = source.latenessMs();
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    knowledge = new KeptKnowledgeTime(context.getOperatorStateStore());
  }

  @Override
  public void prepareSnapshotPreBarrier(long checkpoint) throws Exception {
    long settled = settled();
    seen.flush(ids -> ids.settle(settled));
  }

  @Override
  public void close() throws Exception {
    if (seen != null) {
      seen.close();
    }
    super.close();
  }

  /** The end of all input is no time: a drained job's state goes on with what it knew before. */
  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    knowledge.keep(settled() == Long.MAX_VALUE ? knowledge.before() : settled());
  }

  /** Knowledge time, which does not fall back where a job goes on from its state. */
  private long settled() {
    return Math.max(timers.currentWatermark(), knowledge.before());
  }

  @Override
  public void open() throws Exception {
    super.open();
    type = FlowType.admitted(set, source);
    seen =
        new KeptAtHand<>(
            getKeyedStateBackend(),
            getRuntimeContext(),
            "seen",
            FlowType.seenIds(set, source),
            SeenIds::new,
            MOST_UNWRITTEN);
    timers = getInternalTimerService("forget", VoidNamespaceSerializer.INSTANCE, this);
    buffer = new BucketBuffer();
    duplicates = new LongCounter();
    MetricGroup group = getMetricGroup().addGroup("source", source);
    rejected = group.addGroup("reason", Reason.DUPLICATE.label()).counter(REJECTIONS);
    unsettled = group.counter(UNSETTLED);
    seen.register(group);
    getRuntimeContext().addAccumulator(RejectionCounts.name(source, Reason.DUPLICATE), duplicates);
  }

  @Override
  public void processElement(StreamRecord<Parcel<Admitted>> element) throws Exception {
    Parcel<Admitted> parcel = element.getValue();
    if (parcel.packed() == null) {
      arrived(parcel.one());
      long settled = settled();
      seen.writeOldest(ids -> ids.isQuiet(settled), WRITTEN_FOR_A_RECORD);
    } else if (buffer.add(parcel.packed())) {
      timers.registerEventTimeTimer(VoidNamespace.INSTANCE, BUCKET_END);
    }
  }

  private void arrived(Admitted copy) throws Exception {
    if (copy.moment().ingestedAt() <= settled()) {
      unsettled.inc();
    }
    SeenIds ids = seen.current();
    ids.settle(settled());
    if (ids.isSettled(copy.id())) {
      reject(copy);
      return;
    }
    Admitted first = ids.first(copy.id());
    if (first != null && LOG_ORDER.compare(first, copy) <= 0) {
      reject(copy);
      // Before a failure it may have come first, and have been shown.
      output.collect(new StreamRecord<>(copy.takenBack(), copy.moment().ingestedAt()));
      return;
    }
    if (first != null) {
      reject(first);
      output.collect(new StreamRecord<>(first.takenBackFor(copy), copy.moment().ingestedAt()));
    }
    pass(copy);
    if (ids.isEmpty() && set.knowledge() == Knowledge.AS_KNOWN) {
      long forgetAt = TileGrid.saturatedAdd(SeenIds.end(copy), latenessMs);
      timers.registerEventTimeTimer(VoidNamespace.INSTANCE, forgetAt);
    }
    ids.put(copy);
    ids.settle(settled());
    seen.keep(ids);
  }

  /** Counts a later copy, and hands it to those who look into them. */
  private void reject(Admitted copy) {
    duplicates.add(1);
    rejected.inc();
    if (copy.payload() != null) {
      Rejected rejected =
          new Rejected(
              source,
              Reason.DUPLICATE,
              copy.sentTime(),
              copy.moment().ingestedAt(),
              "",
              topic,
              copy.moment().partition(),
              copy.moment().offset(),
              copy.payload());
      output.collect(REJECTED, new StreamRecord<>(rejected, copy.moment().ingestedAt()));
    }
  }

  @Override
  public void onEventTime(InternalTimer<Long, VoidNamespace> timer) throws Exception {
    if (timer.getTimestamp() == BUCKET_END) {
      passBucket();
      return;
    }
    SeenIds ids = seen.current();
    ids.clear();
    seen.keep(ids);
  }

  @Override
  public void onProcessingTime(InternalTimer<Long, VoidNamespace> timer) {
    throw new IllegalStateException("duplicates know no processing time");
  }

  private void passBucket() throws IOException {
    Map<String, Admitted> firsts = new HashMap<>();
    for (byte[] parcel : buffer.drain()) {
      type.unpack(parcel, copy -> keepFirst(firsts, copy));
    }
    firsts.values().forEach(this::pass);
  }

  private void keepFirst(Map<String, Admitted> firsts, Admitted copy) {
    Admitted first = firsts.putIfAbsent(copy.id(), copy);
    if (first != null) {
      duplicates.add(1);
      if (LOG_ORDER.compare(copy, first) < 0) {
        firsts.put(copy.id(), copy);
      }
    }
  }

  private void pass(Admitted first) {
    output.collect(new StreamRecord<>(first, first.moment().ingestedAt()));
  }
}
