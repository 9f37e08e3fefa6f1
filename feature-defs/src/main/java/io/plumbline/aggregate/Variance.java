package io.plumbline.aggregate;

import java.math.BigInteger;

/** The divisor of a variance. */
enum Variance {
  /** Of all there is: divided by n. */
  POPULATION,
  /** Estimated from a sample: divided by n - 1, undefined for one value. */
  SAMPLE;

  private static final double SMALL = 1L << 53;

  /**
   * {@code (n * squares - sum^2) / (n * divisor) * 2^exponent}, of exact numbers and rounded once,
   * so that nothing cancels and it is never negative; null if undefined or not finite.
   */
  Double of(long n, BigInteger sum, BigInteger squares, int exponent) {
    if (divisor(n) == 0) {
      return null;
    }
    BigInteger count = BigInteger.valueOf(n);
    BigInteger numerator = count.multiply(squares).subtract(sum.multiply(sum));
    BigInteger denominator = count.multiply(BigInteger.valueOf(divisor(n)));
    return Rounding.finite(Rounding.divide(numerator, denominator, exponent));
  }

  /** The same for small integers, without detours. */
  Double of(long n, long sum, long squares) {
    long divisor = divisor(n);
    if (divisor == 0) {
      return null;
    }
    // By Cauchy and Schwarz, sum^2 <= n * squares: where the doubles are small, the longs fit.
    if ((double) n * squares < SMALL && (double) n * divisor < SMALL) {
      return (double) (n * squares - sum * sum) / (n * divisor);
    }
    return of(n, BigInteger.valueOf(sum), BigInteger.valueOf(squares), 0);
  }

  private long divisor(long n) {
    return switch (this) {
      case POPULATION -> n;
      case SAMPLE -> n - 1;
    };
  }
}
