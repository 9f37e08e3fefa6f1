package io.plumbline.jobs.observations;

import java.util.List;

/** What the first pass over a file found. */
record Survey(ObservationCodec codec, long rows, TimeRange times, List<ObservationSplit> splits) {

  /** Earliest and latest of some times, epoch ms. */
  static final class TimeRange {
    private long min = Long.MAX_VALUE;
    private long max = Long.MIN_VALUE;

    void add(long time) {
      min = Math.min(min, time);
      max = Math.max(max, time);
    }

    long min() {
      return min;
    }

    long max() {
      return max;
    }
  }
}
