package io.plumbline.jobs.redis;

import java.util.Locale;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.metrics.DescriptiveStatisticsHistogram;

/**
 * What writers of Redis count and measure, under the group {@link #GROUP} of the operator, and in
 * it that of what they write.
 */
public final class WriterMetrics {
  /** The group that the names below stand in. */
  public static final String GROUP = "redis";

  /** What is written: a group in that group. */
  enum What {
    /** Features of keys. */
    FEATURES,
    /** How far entities are written. */
    PROGRESS,
    /** Records that were not admitted. */
    REJECTED;

    private String group() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Counter: items that came to be written. */
  public static final String UPDATES = "updates";

  /** Counter: items that Redis holds now; fewer than came, where one took another's place. */
  public static final String WRITES = "writes";

  /** Counter: items that Redis did not take because something newer stood there. */
  public static final String SUPERSEDED = "superseded";

  /** Counter: commands sent again. */
  public static final String RETRIES = "retries";

  /** Gauge: items that wait or are on their way. */
  public static final String BUFFERED = "buffered";

  /** Gauge: 1 while Redis takes no writes and the job holds back, else 0. */
  public static final String HELD_BACK = "held-back";

  /** Histogram: commands sent together. */
  public static final String FLUSH_SIZE = "flush-size";

  /** Histogram, ms: from sending commands together to the last reply. */
  public static final String LATENCY_MS = "latency-ms";

  /** Histogram, ms: from an event's ingestion to the acknowledgement of what it changed. */
  public static final String FRESHNESS_MS = "freshness-ms";

  private static final int WINDOW = 10_000;

  final Counter updates;
  final Counter writes;
  final Counter superseded;
  final Counter retries;
  final Histogram flushSize;
  final Histogram latencyMs;
  final Histogram freshnessMs;
  private volatile int buffered;
  private volatile boolean heldBack;

  WriterMetrics(MetricGroup operator, What what) {
    MetricGroup group = operator.addGroup(GROUP).addGroup(what.group());
    group.gauge(BUFFERED, (Gauge<Integer>) this::buffered);
    group.gauge(HELD_BACK, (Gauge<Integer>) () -> heldBack ? 1 : 0);
    updates = group.counter(UPDATES);
    writes = group.counter(WRITES);
    superseded = group.counter(SUPERSEDED);
    retries = group.counter(RETRIES);
    flushSize = group.histogram(FLUSH_SIZE, new DescriptiveStatisticsHistogram(WINDOW));
    latencyMs = group.histogram(LATENCY_MS, new DescriptiveStatisticsHistogram(WINDOW));
    freshnessMs = group.histogram(FRESHNESS_MS, new DescriptiveStatisticsHistogram(WINDOW));
  }

  int buffered() {
    return buffered;
  }

  void buffered(int items) {
    buffered = items;
  }

  boolean isHeldBack() {
    return heldBack;
  }

  void holdBack(boolean held) {
    heldBack = held;
  }
}
