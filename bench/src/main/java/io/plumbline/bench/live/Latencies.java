package io.plumbline.bench.live;

import java.util.Map;
import java.util.TreeMap;

/** How often each latency was seen, in whole milliseconds. */
final class Latencies {
  private final TreeMap<Long, Long> counts = new TreeMap<>();
  private long all;

  void add(long ms) {
    add(ms, 1);
  }

  void add(long ms, long times) {
    counts.merge(ms, times, Long::sum);
    all += times;
  }

  void addAll(Latencies other) {
    other.counts.forEach(this::add);
  }

  long count() {
    return all;
  }

  boolean isEmpty() {
    return all == 0;
  }

  /**
   * The smallest latency that a share of all does not exceed, in ms; NaN if there is none.
   *
   * @param share from 0 to 1
   */
  double quantile(double share) {
    long rank = (long) Math.ceil(share * all);
    long seen = 0;
    for (Map.Entry<Long, Long> entry : counts.entrySet()) {
      seen += entry.getValue();
      if (seen >= rank) {
        return entry.getKey();
      }
    }
    return Double.NaN;
  }

  /** As {@code ms:times;ms:times}, which {@link #parse} reads. */
  String text() {
    StringBuilder text = new StringBuilder();
    counts.forEach((ms, times) -> text.append(ms).append(':').append(times).append(';'));
    return text.toString();
  }

  static Latencies parse(String text) {
    Latencies latencies = new Latencies();
    if (!text.isEmpty()) {
      for (String entry : text.split(";", 0)) {
        int colon = entry.indexOf(':');
        latencies.add(
            Long.parseLong(entry.substring(0, colon)), Long.parseLong(entry.substring(colon + 1)));
      }
    }
    return latencies;
  }
}
