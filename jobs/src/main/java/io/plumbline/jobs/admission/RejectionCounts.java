package io.plumbline.jobs.admission;

import java.util.Map;
import java.util.TreeMap;

/** Names of the accumulators that count rejected records, and their reading. */
public final class RejectionCounts {
  private static final String PREFIX = "rejected/";

  private RejectionCounts() {}

  /** Accumulator of one source and reason. */
  public static String name(String source, Reason reason) {
    return PREFIX + source + "/" + reason.label();
  }

  /**
   * Counts by reason of one source, without zeros.
   *
   * @param accumulators results of a job, by name
   */
  public static Map<String, Long> of(String source, Map<String, Object> accumulators) {
    Map<String, Long> counts = new TreeMap<>();
    for (Reason reason : Reason.values()) {
      Object count = accumulators.get(name(source, reason));
      if (count instanceof Long n && n > 0) {
        counts.put(reason.label(), n);
      }
    }
    return counts;
  }
}
