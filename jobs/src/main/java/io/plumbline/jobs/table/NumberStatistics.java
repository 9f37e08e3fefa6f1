package io.plumbline.jobs.table;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;

/**
 * Mean, standard deviation, range and histogram of numbers, the same to the bit whatever their
 * order and however parts were merged.
 *
 * <p>Numbers fall into buckets by sign, binary exponent and the first two bits of the mantissa:
 * four for each power of two. A bucket's numbers are integers times one power of two, so it adds
 * them and their squares as integers, and nothing is ever rounded before the end.
 */
final class NumberStatistics {
  private static final MathContext PRECISION = new MathContext(40);
  private static final int NEGATIVE = 1 << 13;
  private static final int BUCKET_SHIFT = 50;
  private static final int PAGE_BITS = 6;
  private static final int PAGE = 1 << PAGE_BITS;
  private static final int UNIT = 1074;

  /** Numbers with one sign, exponent and start of the mantissa. */
  private static final class Bucket {
    private long count;
    private long sumHigh;
    private long sumLow;
    private long squaresHigh;
    private long squaresMid;
    private long squaresLow;

    void add(long mantissa) {
      count++;
      addSum(0, mantissa);
      addSquares(0, Math.multiplyHigh(mantissa, mantissa), mantissa * mantissa);
    }

    void merge(Bucket other) {
      count += other.count;
      addSum(other.sumHigh, other.sumLow);
      addSquares(other.squaresHigh, other.squaresMid, other.squaresLow);
    }

    private void addSum(long high, long low) {
      sumLow += low;
      sumHigh += high + (Long.compareUnsigned(sumLow, low) < 0 ? 1 : 0);
    }

    private void addSquares(long high, long mid, long low) {
      squaresLow += low;
      long carry = Long.compareUnsigned(squaresLow, low) < 0 ? 1 : 0;
      squaresMid += mid;
      long carried = Long.compareUnsigned(squaresMid, mid) < 0 ? 1 : 0;
      squaresMid += carry;
      carried += carry == 1 && squaresMid == 0 ? 1 : 0;
      squaresHigh += high + carried;
    }

    void write(DataOutput out) throws IOException {
      out.writeLong(count);
      out.writeLong(sumHigh);
      out.writeLong(sumLow);
      out.writeLong(squaresHigh);
      out.writeLong(squaresMid);
      out.writeLong(squaresLow);
    }

    static Bucket read(DataInput in) throws IOException {
      Bucket bucket = new Bucket();
      bucket.count = in.readLong();
      bucket.sumHigh = in.readLong();
      bucket.sumLow = in.readLong();
      bucket.squaresHigh = in.readLong();
      bucket.squaresMid = in.readLong();
      bucket.squaresLow = in.readLong();
      return bucket;
    }

    BigInteger sum() {
      return integer(sumHigh, sumLow);
    }

    BigInteger squares() {
      return integer(squaresHigh, squaresMid).shiftLeft(64).or(integer(0, squaresLow));
    }

    private static BigInteger integer(long high, long low) {
      return BigInteger.valueOf(high).shiftLeft(64).or(new BigInteger(Long.toUnsignedString(low)));
    }
  }

  private final Bucket[][] pages = new Bucket[2 * NEGATIVE / PAGE][];
  private long zeros;
  private long nonFinite;
  private double min = Double.POSITIVE_INFINITY;
  private double max = Double.NEGATIVE_INFINITY;
  private long minLong = Long.MAX_VALUE;
  private long maxLong = Long.MIN_VALUE;

  /** Adds an integer; only the range keeps bits that a double has no room for. */
  void add(long value) {
    minLong = Math.min(minLong, value);
    maxLong = Math.max(maxLong, value);
    add((double) value);
  }

  /** Adds a number; NaN and infinities are only counted. */
  void add(double value) {
    if (!Double.isFinite(value)) {
      nonFinite++;
      return;
    }
    min = Math.min(min, value);
    max = Math.max(max, value);
    if (value == 0) {
      zeros++;
      return;
    }
    // One less for negatives, so that their buckets are half-open towards the greater end too.
    long one = value < 0 ? 1 : 0;
    long magnitude = Double.doubleToRawLongBits(Math.abs(value)) - one;
    int exponent = (int) (magnitude >>> 52);
    long mantissa = magnitude & ((1L << 52) - 1) | (exponent == 0 ? 0 : 1L << 52);
    bucket((int) (magnitude >>> BUCKET_SHIFT) + (one == 1 ? NEGATIVE : 0)).add(mantissa + one);
  }

  private Bucket bucket(int key) {
    Bucket[] page = pages[key >>> PAGE_BITS];
    if (page == null) {
      page = new Bucket[PAGE];
      pages[key >>> PAGE_BITS] = page;
    }
    Bucket bucket = page[key & PAGE - 1];
    if (bucket == null) {
      bucket = new Bucket();
      page[key & PAGE - 1] = bucket;
    }
    return bucket;
  }

  /** Adds all that {@code other} has, which is not changed. */
  void merge(NumberStatistics other) {
    zeros += other.zeros;
    nonFinite += other.nonFinite;
    min = Math.min(min, other.min);
    max = Math.max(max, other.max);
    minLong = Math.min(minLong, other.minLong);
    maxLong = Math.max(maxLong, other.maxLong);
    for (int key : other.keys()) {
      bucket(key).merge(other.bucket(key));
    }
  }

  private int[] keys() {
    return java.util.stream.IntStream.range(0, 2 * NEGATIVE)
        .filter(key -> pages[key >>> PAGE_BITS] != null)
        .filter(key -> pages[key >>> PAGE_BITS][key & PAGE - 1] != null)
        .toArray();
  }

  void write(DataOutput out) throws IOException {
    out.writeLong(zeros);
    out.writeLong(nonFinite);
    out.writeDouble(min);
    out.writeDouble(max);
    out.writeLong(minLong);
    out.writeLong(maxLong);
    int[] keys = keys();
    out.writeShort(keys.length);
    for (int key : keys) {
      out.writeShort(key);
      bucket(key).write(out);
    }
  }

  static NumberStatistics read(DataInput in) throws IOException {
    NumberStatistics statistics = new NumberStatistics();
    statistics.zeros = in.readLong();
    statistics.nonFinite = in.readLong();
    statistics.min = in.readDouble();
    statistics.max = in.readDouble();
    statistics.minLong = in.readLong();
    statistics.maxLong = in.readLong();
    for (int left = in.readUnsignedShort(); left > 0; left--) {
      int key = in.readUnsignedShort();
      statistics.pages[key >>> PAGE_BITS] =
          statistics.pages[key >>> PAGE_BITS] == null
              ? new Bucket[PAGE]
              : statistics.pages[key >>> PAGE_BITS];
      statistics.pages[key >>> PAGE_BITS][key & PAGE - 1] = Bucket.read(in);
    }
    return statistics;
  }

  long nonFinite() {
    return nonFinite;
  }

  /** What was found; empty if there was no finite number. */
  ColumnProfile.Numbers numbers() {
    BigInteger sum = BigInteger.ZERO;
    BigInteger squares = BigInteger.ZERO;
    long count = zeros;
    for (int key : keys()) {
      Bucket bucket = bucket(key);
      int shift = Math.max((key % NEGATIVE) >>> 2, 1) - 1;
      BigInteger part = bucket.sum().shiftLeft(shift);
      sum = key >= NEGATIVE ? sum.subtract(part) : sum.add(part);
      squares = squares.add(bucket.squares().shiftLeft(2 * shift));
      count += bucket.count;
    }
    if (count == 0) {
      return new ColumnProfile.Numbers(null, null, null, null, List.of());
    }
    BigInteger n = BigInteger.valueOf(count);
    BigDecimal mean = quotient(sum, n.shiftLeft(UNIT));
    BigDecimal variance =
        quotient(n.multiply(squares).subtract(sum.pow(2)), n.pow(2).shiftLeft(2 * UNIT));
    boolean integers = minLong <= maxLong;
    return new ColumnProfile.Numbers(
        mean.doubleValue(),
        variance.sqrt(PRECISION).doubleValue(),
        integers ? (Number) minLong : (Number) (min + 0.0),
        integers ? (Number) maxLong : (Number) (max + 0.0),
        histogram());
  }

  private static BigDecimal quotient(BigInteger dividend, BigInteger divisor) {
    return new BigDecimal(dividend).divide(new BigDecimal(divisor), PRECISION);
  }

  private List<ColumnProfile.Bucket> histogram() {
    List<ColumnProfile.Bucket> histogram = new ArrayList<>();
    int[] keys = keys();
    for (int i = keys.length - 1; i >= 0; i--) {
      if (keys[i] >= NEGATIVE) {
        int key = keys[i] - NEGATIVE;
        histogram.add(
            new ColumnProfile.Bucket(-edge(key + 1), 0.0 - edge(key), bucket(keys[i]).count));
      }
    }
    if (zeros > 0) {
      histogram.add(new ColumnProfile.Bucket(0.0, Double.MIN_VALUE, zeros));
    }
    for (int key : keys) {
      if (key < NEGATIVE) {
        double from = Math.max(edge(key), Double.MIN_VALUE);
        histogram.add(new ColumnProfile.Bucket(from, edge(key + 1), bucket(key).count));
      }
    }
    return histogram;
  }

  private static double edge(int key) {
    return Double.longBitsToDouble((long) key << BUCKET_SHIFT);
  }
}
