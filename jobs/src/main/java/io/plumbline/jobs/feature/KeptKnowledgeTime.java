package io.plumbline.jobs.feature;

import java.util.List;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.typeutils.base.LongSerializer;

/** Keeps knowledge time with state, so that it does not fall back where a job goes on from it. */
public final class KeptKnowledgeTime {
  private final ListState<Long> kept;
  private final long before;

  public KeptKnowledgeTime(OperatorStateStore store) throws Exception {
    kept =
        store.getUnionListState(
            new ListStateDescriptor<>("knowledge-time", LongSerializer.INSTANCE));
    long least = Long.MAX_VALUE;
    for (long time : kept.get()) {
      least = Math.min(least, time);
    }
    before = least == Long.MAX_VALUE ? Long.MIN_VALUE : least;
  }

  /**
   * What every subtask's knowledge time had passed when the state was written that this run began
   * with, epoch ms; {@code Long.MIN_VALUE} if there was none.
   */
  public long before() {
    return before;
  }

  /** Keeps a time, epoch ms. */
  public void keep(long time) throws Exception {
    kept.update(List.of(time));
  }
}
