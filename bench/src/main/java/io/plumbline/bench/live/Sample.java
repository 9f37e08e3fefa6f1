package io.plumbline.bench.live;

import java.util.HashMap;
import java.util.Map;

/**
 * What the job's metrics were at a moment.
 *
 * @param timeMs epoch ms
 * @param counts so far, by the names of {@link Sampler}
 * @param freshness of writes since the sample before
 */
record Sample(long timeMs, Map<String, Long> counts, Latencies freshness) {
  /** What a line that holds a sample starts with. */
  static final String PREFIX = "sample ";

  private static final String FRESHNESS = "freshness";

  /** Reads a line that starts with {@link #PREFIX}. */
  static Sample parse(String line) {
    String[] words = line.substring(PREFIX.length()).split(" ", 0);
    Map<String, Long> counts = new HashMap<>();
    Latencies freshness = new Latencies();
    for (int i = 1; i < words.length; i++) {
      int equals = words[i].indexOf('=');
      String name = words[i].substring(0, equals);
      String value = words[i].substring(equals + 1);
      if (name.equals(FRESHNESS)) {
        freshness = Latencies.parse(value);
      } else {
        counts.put(name, Long.parseLong(value));
      }
    }
    return new Sample(Long.parseLong(words[0]), counts, freshness);
  }

  /** A count; 0 if the job has not counted it yet. */
  long count(String name) {
    return counts.getOrDefault(name, 0L);
  }

  /** The sum of all counts whose names start so. */
  long sum(String prefix) {
    return counts.entrySet().stream()
        .filter(e -> e.getKey().startsWith(prefix))
        .mapToLong(Map.Entry::getValue)
        .sum();
  }
}
