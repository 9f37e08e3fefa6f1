package io.plumbline.jobs.feature;

import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.util.Collector;

/** Sends a request for a rewrite to every key group, and so to every subtask. */
public final class RewriteSignals implements FlatMapFunction<Long, Parcel<Signal>> {
  private static final long serialVersionUID = 1L;

  private final long[] keyOfGroup;

  /**
   * @param keyGroups of the job, its maximal parallelism
   */
  public RewriteSignals(int keyGroups) {
    keyOfGroup = new long[keyGroups];
    boolean[] found = new boolean[keyGroups];
    int left = keyGroups;
    for (long key = 0; left > 0; key++) {
      int group = KeyGroupRangeAssignment.assignToKeyGroup(key, keyGroups);
      if (!found[group]) {
        found[group] = true;
        keyOfGroup[group] = key;
        left--;
      }
    }
  }

  @Override
  public void flatMap(Long number, Collector<Parcel<Signal>> out) {
    for (long key : keyOfGroup) {
      out.collect(new Parcel<>(key, Signal.rewrite(number), null));
    }
  }
}
