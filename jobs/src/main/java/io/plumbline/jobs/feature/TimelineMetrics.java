package io.plumbline.jobs.feature;

import java.util.function.LongSupplier;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.SimpleCounter;

/**
 * What operators are told about one entity's timelines in one subtask. Counts of what state holds
 * are kept with it; after rescaling they are right in their sum over all subtasks.
 */
public final class TimelineMetrics {
  /** Gauge: events that knowledge time has not passed. */
  public static final String PENDING = "pendingEvents";

  /** Gauge: tiles in state. */
  public static final String TILES = "tiles";

  /** Gauge: how far knowledge time is behind the clock, ms; -1 before there is any. */
  public static final String LAG = "knowledgeLagMs";

  /** Counter: events that came after knowledge time had passed them. */
  public static final String UNSETTLED = "unsettledEvents";

  /** Counter: questions that came after knowledge time had passed them. */
  public static final String TOO_LATE = "questionsTooLate";

  private final ListState<Long> keptPending;
  private final ListState<Long> keptTiles;
  private final Counter unsettled = new SimpleCounter();
  private final Counter tooLate = new SimpleCounter();
  private long pending;
  private long tiles;

  TimelineMetrics(OperatorStateStore store) throws Exception {
    keptPending = store.getListState(counts("pending-count"));
    keptTiles = store.getListState(counts("tile-count"));
    pending = sum(keptPending);
    tiles = sum(keptTiles);
  }

  private static ListStateDescriptor<Long> counts(String name) {
    return new ListStateDescriptor<>(name, LongSerializer.INSTANCE);
  }

  private static long sum(ListState<Long> parts) throws Exception {
    long sum = 0;
    for (Long part : parts.get()) {
      sum += part;
    }
    return sum;
  }

  /**
   * @param knowledgeTime epoch ms; {@code Long.MIN_VALUE} before there is any
   */
  void register(MetricGroup group, LongSupplier knowledgeTime) {
    group.gauge(PENDING, () -> pending);
    group.gauge(TILES, () -> tiles);
    group.gauge(
        LAG,
        () -> {
          long known = knowledgeTime.getAsLong();
          boolean isTime = known > Long.MIN_VALUE && known < Long.MAX_VALUE;
          return isTime ? System.currentTimeMillis() - known : -1L;
        });
    group.counter(UNSETTLED, unsettled);
    group.counter(TOO_LATE, tooLate);
  }

  /** Keeps the counts with the state that they count. */
  void keep() throws Exception {
    keptPending.update(java.util.List.of(pending));
    keptTiles.update(java.util.List.of(tiles));
  }

  long pending() {
    return pending;
  }

  void pending(long more) {
    pending += more;
  }

  void tiles(long more) {
    tiles += more;
  }

  void unsettled() {
    unsettled.inc();
  }

  void tooLate() {
    tooLate.inc();
  }
}
