package io.plumbline.jobs.feature;

import java.io.Serializable;

/**
 * How objects reach the operators that keep state by key.
 *
 * @param order in which they come
 * @param buckets into which keys are divided in a batch run; one bucket's objects are in memory at
 *     a time
 */
public record Exchange(InputOrder order, int buckets) implements Serializable {
  private static final int OBJECTS_A_BUCKET = 10_000;
  private static final int MOST_BUCKETS = 1024;

  public Exchange {
    if (buckets < 1) {
      throw new IllegalArgumentException(buckets + " buckets");
    }
  }

  /** Objects travel as they arrive. */
  public static Exchange streaming() {
    return new Exchange(InputOrder.ARRIVAL, 1);
  }

  /**
   * Objects travel packed by bucket.
   *
   * @param objects about how many there are
   * @param parallelism of the job
   */
  public static Exchange batch(long objects, int parallelism) {
    long enough = Math.max(objects / OBJECTS_A_BUCKET, 8L * parallelism);
    return new Exchange(InputOrder.BY_BUCKET, (int) Math.min(enough, MOST_BUCKETS));
  }

  /** The bucket of a key with this hash. */
  int bucket(long hash) {
    return (int) Long.remainderUnsigned(hash, buckets);
  }
}
