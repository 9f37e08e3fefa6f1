package io.plumbline.jobs.table;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How often each value occurs, as long as there are no more than {@value #MOST} distinct ones. More
 * than that it only knows to be more: so what it knows does not depend on the order of values.
 */
final class ValueCounts {
  static final int MOST = 1_000;
  private static final int TOP = 20;
  private static final Comparator<String> BY_CODE_POINTS =
      (a, b) -> Arrays.compare(a.codePoints().toArray(), b.codePoints().toArray());

  /** Null when there were too many. */
  private Map<String, Long> counts = new HashMap<>();

  void add(String value) {
    add(value, 1);
  }

  private void add(String value, long times) {
    if (counts != null) {
      counts.merge(value, times, Long::sum);
      if (counts.size() > MOST) {
        counts = null;
      }
    }
  }

  /** Adds all that {@code other} has, which is not changed. */
  void merge(ValueCounts other) {
    if (other.counts == null) {
      counts = null;
    } else {
      other.counts.forEach(this::add);
    }
  }

  void write(DataOutput out) throws IOException {
    out.writeInt(counts == null ? -1 : counts.size());
    if (counts != null) {
      for (String value : counts.keySet().stream().sorted().toList()) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_16BE);
        out.writeInt(bytes.length);
        out.write(bytes);
        out.writeLong(counts.get(value));
      }
    }
  }

  static ValueCounts read(DataInput in) throws IOException {
    ValueCounts read = new ValueCounts();
    int size = in.readInt();
    if (size < 0) {
      read.counts = null;
    }
    for (int i = 0; i < size; i++) {
      byte[] bytes = new byte[in.readInt()];
      in.readFully(bytes);
      read.counts.put(new String(bytes, StandardCharsets.UTF_16BE), in.readLong());
    }
    return read;
  }

  /** Their number, or that it is too large. */
  Object distinct() {
    return counts == null ? (Object) (">" + MOST) : (Object) counts.size();
  }

  /** The most frequent, or null if there are too many values. */
  List<ColumnProfile.Frequent> top() {
    if (counts == null) {
      return null;
    }
    return counts.entrySet().stream()
        .sorted(
            Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                .thenComparing(Map.Entry.comparingByKey(BY_CODE_POINTS)))
        .limit(TOP)
        .map(entry -> new ColumnProfile.Frequent(entry.getKey(), entry.getValue()))
        .toList();
  }
}
