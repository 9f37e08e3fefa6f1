package io.plumbline.jobs.feature;

import java.util.Map;
import java.util.TreeMap;

/**
 * Ids of events of some time, which share state: for each the first copy so far, until knowledge
 * time has passed it, and then the id alone.
 */
public final class SeenIds extends KeptAtHand.Kept {
  /** Length of the time whose ids can share state, ms. Never to be changed. */
  private static final long SLICE_MS = 5_000;

  /** Among so many the ids of that time are divided. Never to be changed. */
  private static final long GROUPS = 1024;

  /** By which the copies are laid out; null if by those of the job that runs. */
  transient FeatureSet.Plans plans;

  /** In order of id; null where knowledge time has passed the first copy. */
  final TreeMap<String, Admitted> firsts = new TreeMap<>();

  /** The ingestion time of the first copy that knowledge time has not passed. */
  private long firstUnsettled = Long.MAX_VALUE;

  /** The end of the slice, epoch ms; {@code Long.MIN_VALUE} until an id is put here. */
  private transient long end = Long.MIN_VALUE;

  /** What Flink keys by: ids of one group and slice of time share it. */
  public static long group(Admitted copy) {
    long slice = Math.floorDiv(copy.sentTime(), SLICE_MS);
    return EntityKey.mix(slice * GROUPS + (EntityKey.hash(copy.id()) & (GROUPS - 1)));
  }

  /** The end of the slice of time that an id belongs to, epoch ms. */
  public static long end(Admitted copy) {
    return (Math.floorDiv(copy.sentTime(), SLICE_MS) + 1) * SLICE_MS;
  }

  /** Lets knowledge time pass. */
  public void settle(long time) {
    if (firstUnsettled > time) {
      return;
    }
    firstUnsettled = Long.MAX_VALUE;
    for (Map.Entry<String, Admitted> entry : firsts.entrySet()) {
      Admitted first = entry.getValue();
      if (first != null && first.moment().ingestedAt() <= time) {
        entry.setValue(null);
      } else if (first != null) {
        firstUnsettled = Math.min(firstUnsettled, first.moment().ingestedAt());
      }
    }
  }

  /**
   * Whether only late events can bring more ids, and ids are all that is kept. Before that, what is
   * written is larger, and soon written again.
   */
  public boolean isQuiet(long time) {
    if (end > time) {
      return false;
    }
    settle(time);
    return firstUnsettled == Long.MAX_VALUE;
  }

  /** Whether the first copy of an id is known for certain. */
  public boolean isSettled(String id) {
    return firsts.containsKey(id) && firsts.get(id) == null;
  }

  /** The first copy of an id so far; null if there is none, or it is settled. */
  public Admitted first(String id) {
    return firsts.get(id);
  }

  /** Keeps the first copy of an id so far. */
  public void put(Admitted first) {
    firsts.put(first.id(), first);
    end = end(first);
    firstUnsettled = Math.min(firstUnsettled, first.moment().ingestedAt());
  }

  /** Forgets all. */
  public void clear() {
    firsts.clear();
    firstUnsettled = Long.MAX_VALUE;
  }

  @Override
  public boolean isEmpty() {
    return firsts.isEmpty();
  }

  /** Copies that are not settled are bytes themselves, for the most part: the log's payload. */
  @Override
  public long weigh() {
    return 512 + bytes + 250L * firsts.size();
  }
}
