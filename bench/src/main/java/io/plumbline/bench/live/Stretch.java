package io.plumbline.bench.live;

import java.util.List;

/**
 * What the job did from one sample to a later one.
 *
 * @param samples at least two; what the first one holds of latencies was before
 */
record Stretch(List<Sample> samples) {
  Sample first() {
    return samples.get(0);
  }

  Sample last() {
    return samples.get(samples.size() - 1);
  }

  double seconds() {
    return (last().timeMs() - first().timeMs()) / 1e3;
  }

  /** Growth of the counts whose names start so, in a second. */
  double rate(String prefix) {
    return (last().sum(prefix) - first().sum(prefix)) / seconds();
  }

  /** How many were counted. */
  long growth(String prefix) {
    return last().sum(prefix) - first().sum(prefix);
  }

  /** The last quarter of it. */
  Stretch lastQuarter() {
    int from = Math.min(samples.size() * 3 / 4, samples.size() - 2);
    return new Stretch(samples.subList(from, samples.size()));
  }

  Latencies freshness() {
    Latencies all = new Latencies();
    samples.subList(1, samples.size()).forEach(sample -> all.addAll(sample.freshness()));
    return all;
  }
}
