package io.plumbline.jobs.archive;

import java.util.HashMap;
import java.util.Map;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;

/** Names of the archive's metrics, each in a group {@code source} = the source's name. */
public final class ArchiveMetrics {
  /** Records that readers can see, malformed ones too. */
  public static final String ROWS = "archiveRows";

  /** Bytes of the files that readers can see. */
  public static final String BYTES = "archiveBytes";

  /** Files that readers can see. */
  public static final String FILES = "archiveFiles";

  /** Malformed records, in a group {@code reason} = what is wrong. */
  public static final String MALFORMED = "archiveMalformed";

  /** Records read again that the lake held already, since the attempt began. */
  public static final String REPEATED = "archiveRepeated";

  /** Files that wait to be shown to readers. */
  public static final String HIDDEN_FILES = "archiveHiddenFiles";

  /** Bytes that wait to be shown to readers. */
  public static final String HIDDEN_BYTES = "archiveHiddenBytes";

  /** How far the lake's completeness is behind this machine's clock, ms; -1 before it is known. */
  public static final String LAG = "archiveCompletenessLagMs";

  private static final int MOST_REASONS = 100;
  private static final String OTHER = "other";

  private final MetricGroup group;
  private final Counter rows;
  private final Counter bytes;
  private final Counter files;
  private final Counter repeated;
  private final Map<String, Counter> malformed = new HashMap<>();

  ArchiveMetrics(MetricGroup operator, String source) {
    group = group(operator, source);
    rows = group.counter(ROWS);
    bytes = group.counter(BYTES);
    files = group.counter(FILES);
    repeated = group.counter(REPEATED);
  }

  static MetricGroup group(MetricGroup operator, String source) {
    return operator.addGroup("source", source);
  }

  MetricGroup group() {
    return group;
  }

  void repeated() {
    repeated.inc();
  }

  void published(Publisher.Published published) {
    rows.inc(published.rows());
    bytes.inc(published.bytes());
    files.inc(published.files());
    published.malformed().forEach((reason, count) -> counter(reason).inc(count));
  }

  private Counter counter(String reason) {
    boolean named = malformed.size() < MOST_REASONS || malformed.containsKey(reason);
    return malformed.computeIfAbsent(
        named ? reason : OTHER, r -> group.addGroup("reason", r).counter(MALFORMED));
  }
}
