package io.plumbline.bench.windows;

import java.io.Serializable;
import java.time.Duration;

/**
 * A run of one job over one stream, in a JVM of its own.
 *
 * @param size of the windows, where the job leaves it open
 * @param slide of the windows, where the job leaves it open
 * @param features how many, where the job leaves it open
 * @param readers of the stream
 * @param capSeconds after which the stream ends
 * @param full time of the log from which on windows are full, after the start
 */
record Trial(
    Job job,
    Backend backend,
    PurchaseStream stream,
    Duration size,
    Duration slide,
    int features,
    int parallelism,
    int readers,
    double capSeconds,
    Duration full)
    implements Serializable {

  /** Where state is. */
  enum Backend {
    HASHMAP,
    ROCKSDB;

    /** Flink's name for it. */
    String flinkName() {
      return this == HASHMAP ? "hashmap" : "rocksdb";
    }
  }
}
