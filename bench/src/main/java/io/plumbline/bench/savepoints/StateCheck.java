package io.plumbline.bench.savepoints;

import java.util.Map;
import java.util.TreeSet;

/** Compares what two sides say of every key. */
final class StateCheck {
  private static final double RELATIVE = 1e-9;

  /** Both may be off by one in a hundred, to either side. */
  private static final double RELATIVE_OF_QUANTILES = 0.0203;

  private StateCheck() {}

  /**
   * A feature that one side has no value of must be 0 on the other, if it has one.
   *
   * @return how many values were compared
   * @throws IllegalStateException if one differs
   */
  static long requireEqual(
      Map<String, Map<String, Double>> ours, Map<String, Map<String, Double>> theirs) {
    TreeSet<String> keys = new TreeSet<>(ours.keySet());
    keys.addAll(theirs.keySet());
    long compared = 0;
    for (String key : keys) {
      Map<String, Double> here = ours.getOrDefault(key, Map.of());
      Map<String, Double> there = theirs.getOrDefault(key, Map.of());
      TreeSet<String> features = new TreeSet<>(here.keySet());
      features.addAll(there.keySet());
      for (String feature : features) {
        double a = here.getOrDefault(feature, 0.0);
        double b = there.getOrDefault(feature, 0.0);
        double allowed = feature.contains("_p95_") ? RELATIVE_OF_QUANTILES : RELATIVE;
        if (!(Math.abs(a - b) <= allowed * Math.max(Math.abs(a), Math.abs(b)) + RELATIVE)) {
          throw new IllegalStateException(
              key + ", " + feature + ": Plumbline says " + a + ", Flink's windows " + b);
        }
        compared++;
      }
    }
    return compared;
  }
}
