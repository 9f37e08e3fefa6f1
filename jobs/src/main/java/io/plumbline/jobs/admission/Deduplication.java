package io.plumbline.jobs.admission;

import io.plumbline.aggregate.Moment;
import io.plumbline.definition.Source;
import io.plumbline.jobs.feature.Admitted;
import io.plumbline.jobs.feature.FeatureSet;
import io.plumbline.jobs.feature.FlowType;
import io.plumbline.time.Knowledge;
import io.plumbline.time.TileGrid;
import java.util.Comparator;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Lets the first copy of an event pass, first by (ingestion time, partition, offset), once no
 * earlier one can come. Keyed by id and event time as sent; record timestamps and watermarks are
 * ingestion time.
 */
public final class Deduplication extends KeyedProcessFunction<String, Admitted, Admitted> {
  private static final long serialVersionUID = 1L;

  private static final Comparator<Moment> LOG_ORDER =
      Comparator.comparingLong(Moment::ingestedAt)
          .thenComparingInt(Moment::partition)
          .thenComparingLong(Moment::offset);

  private final FeatureSet set;
  private final String source;
  private final long latenessMs;

  private transient ValueState<Admitted> candidates;
  private transient ValueState<Long> passedUntil;
  private transient LongCounter duplicates;

  public Deduplication(FeatureSet set, Source source) {
    this.set = set;
    this.source = source.name();
    this.latenessMs = source.latenessMs();
  }

  @Override
  public void open(org.apache.flink.api.common.functions.OpenContext context) {
    candidates =
        getRuntimeContext()
            .getState(
                new ValueStateDescriptor<>(
                    "candidate", FlowType.admitted(set, source).serializer()));
    passedUntil =
        getRuntimeContext().getState(new ValueStateDescriptor<>("passed-until", Types.LONG));
    duplicates = new LongCounter();
    getRuntimeContext().addAccumulator(RejectionCounts.name(source, Reason.DUPLICATE), duplicates);
  }

  @Override
  public void processElement(Admitted copy, Context context, Collector<Admitted> out)
      throws Exception {
    if (passedUntil.value() != null) {
      duplicates.add(1);
      return;
    }
    Admitted candidate = candidates.value();
    if (candidate != null) {
      duplicates.add(1);
      if (LOG_ORDER.compare(candidate.moment(), copy.moment()) <= 0) {
        return;
      }
    }
    candidates.update(copy);
    context.timerService().registerEventTimeTimer(copy.moment().ingestedAt());
  }

  @Override
  public void onTimer(long timestamp, OnTimerContext context, Collector<Admitted> out)
      throws Exception {
    Admitted candidate = candidates.value();
    if (candidate == null) {
      Long until = passedUntil.value();
      if (until != null && until <= timestamp) {
        passedUntil.clear();
      }
      return;
    }
    if (candidate.moment().ingestedAt() > timestamp) {
      return;
    }
    out.collect(candidate);
    candidates.clear();
    if (set.knowledge() == Knowledge.AS_KNOWN) {
      long forgetAt = TileGrid.saturatedAdd(candidate.sentTime(), latenessMs);
      passedUntil.update(forgetAt);
      context.timerService().registerEventTimeTimer(forgetAt);
    } else {
      passedUntil.update(Long.MAX_VALUE);
    }
  }
}
