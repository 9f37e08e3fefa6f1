package io.plumbline.aggregate;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;

/**
 * Counts of numbers in buckets that are narrow relative to the numbers. As in DDSketch (Masson, Rim
 * and Lee, arXiv:1908.10693) a bucket's relative width bounds the error of a quantile; here its
 * bounds are the powers of two cut into 128 equal parts, so that a number's own leading bits name
 * its bucket and no logarithm is taken. The middle of a bucket is within 1/256 of all numbers in
 * it.
 */
final class QuantileSketch {
  private static final int DROPPED_BITS = 45;

  /** What makes the smallest subnormal a normal double: it too has leading bits then. */
  private static final double LIFT = 0x1p54;

  /** By how many buckets {@link #LIFT} lifts. */
  private static final int LIFTED = 54 << 52 - DROPPED_BITS;

  /** The first bucket of normal doubles. */
  private static final int NORMAL = LIFTED + (1 << 52 - DROPPED_BITS);

  /** Ascending, parallel to {@link #counts}, without buckets of count 0. */
  private int[] buckets = {};

  private long[] counts = {};
  private int size;
  private long total;

  /** The bucket of a finite number: 0 for zero, in the order of the numbers. */
  static int bucketOf(double x) {
    double magnitude = Math.abs(x);
    int bucket;
    if (magnitude == 0) {
      return 0;
    } else if (magnitude < Double.MIN_NORMAL) {
      bucket = leadingBits(magnitude * LIFT);
    } else {
      bucket = leadingBits(magnitude) + LIFTED;
    }
    return x < 0 ? -bucket : bucket;
  }

  private static int leadingBits(double positive) {
    return (int) (Double.doubleToRawLongBits(positive) >>> DROPPED_BITS);
  }

  /** The middle of a bucket. */
  private static double middleOf(int bucket) {
    if (bucket == 0) {
      return 0;
    }
    int magnitude = Math.abs(bucket);
    double middle =
        magnitude < NORMAL ? middleOfBits(magnitude) / LIFT : middleOfBits(magnitude - LIFTED);
    return bucket < 0 ? -middle : middle;
  }

  private static double middleOfBits(int leadingBits) {
    return Double.longBitsToDouble((2L * leadingBits + 1) << DROPPED_BITS - 1);
  }

  boolean isEmpty() {
    return total == 0;
  }

  /** Adds to a bucket's count; a negative count takes away. */
  void add(int bucket, long count) {
    total += count;
    int i = Arrays.binarySearch(buckets, 0, size, bucket);
    if (i < 0) {
      insert(~i, bucket, count);
    } else if ((counts[i] += count) == 0) {
      size--;
      System.arraycopy(buckets, i + 1, buckets, i, size - i);
      System.arraycopy(counts, i + 1, counts, i, size - i);
    }
  }

  private void insert(int i, int bucket, long count) {
    if (size == buckets.length) {
      int capacity = size + Math.max(2, size >> 1);
      buckets = Arrays.copyOf(buckets, capacity);
      counts = Arrays.copyOf(counts, capacity);
    }
    System.arraycopy(buckets, i, buckets, i + 1, size - i);
    System.arraycopy(counts, i, counts, i + 1, size - i);
    buckets[i] = bucket;
    counts[i] = count;
    size++;
  }

  /** Adds all counts of {@code other}, times {@code sign}. */
  void addAll(QuantileSketch other, int sign) {
    int[] mergedBuckets = new int[size + other.size];
    long[] mergedCounts = new long[size + other.size];
    int merged = 0;
    int i = 0;
    int j = 0;
    while (i < size || j < other.size) {
      int bucket = Math.min(bucketAt(i), other.bucketAt(j));
      long count = 0;
      if (bucketAt(i) == bucket) {
        count += counts[i++];
      }
      if (other.bucketAt(j) == bucket) {
        count += sign * other.counts[j++];
      }
      if (count != 0) {
        mergedBuckets[merged] = bucket;
        mergedCounts[merged++] = count;
      }
    }
    buckets = Arrays.copyOf(mergedBuckets, merged);
    counts = Arrays.copyOf(mergedCounts, merged);
    size = merged;
    total += sign * other.total;
  }

  /** The bucket at an index, or one after all others behind the end. */
  private int bucketAt(int i) {
    return i < size ? buckets[i] : Integer.MAX_VALUE;
  }

  /**
   * About the element at {@code floor(q * (n - 1))} of the sorted numbers.
   *
   * @param q between 0 and 1
   */
  double quantile(double q) {
    long rank = (long) Math.floor(q * (total - 1));
    int i = 0;
    while (i < size - 1 && rank >= counts[i]) {
      rank -= counts[i++];
    }
    return middleOf(buckets[i]);
  }

  /**
   * The same for integers. Rounding toward zero stays within the bucket or below its middle by less
   * than the bucket's width; where a bucket is at most 1 wide, below 256, its lower bound is its
   * only integer, and the answer exact.
   */
  long quantileOfLongs(double q) {
    return (long) quantile(q);
  }

  QuantileSketch copy() {
    QuantileSketch copy = new QuantileSketch();
    copy.buckets = Arrays.copyOf(buckets, size);
    copy.counts = Arrays.copyOf(counts, size);
    copy.size = size;
    copy.total = total;
    return copy;
  }

  void write(DataOutput out) throws IOException {
    Varints.write(size, out);
    int last = 0;
    for (int i = 0; i < size; i++) {
      Varints.writeSigned(buckets[i] - last, out);
      Varints.write(counts[i], out);
      last = buckets[i];
    }
  }

  static QuantileSketch read(DataInput in) throws IOException {
    QuantileSketch sketch = new QuantileSketch();
    int size = Varints.readSize(in);
    sketch.buckets = new int[size];
    sketch.counts = new long[size];
    sketch.size = size;
    int last = 0;
    for (int i = 0; i < size; i++) {
      last += (int) Varints.readSigned(in);
      sketch.buckets[i] = last;
      sketch.counts[i] = Varints.read(in);
      sketch.total += sketch.counts[i];
    }
    return sketch;
  }
}
