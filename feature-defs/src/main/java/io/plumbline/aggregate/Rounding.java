package io.plumbline.aggregate;

import java.math.BigInteger;

/**
 * Exact numbers rounded once to the nearest double, halves to even, into the subnormal range and
 * beyond the largest double (infinity) as IEEE 754 has it.
 */
final class Rounding {
  private static final int PRECISION = 53;
  private static final int LOWEST_BIT = -1074;

  /** Up to here every integer is a double. */
  private static final long EXACT = 1L << PRECISION;

  private Rounding() {}

  /** {@code integer * 2^exponent}. */
  static double toDouble(BigInteger integer, int exponent) {
    double magnitude = round(integer.abs(), 0, exponent);
    return integer.signum() < 0 ? -magnitude : magnitude;
  }

  /** {@code numerator / denominator * 2^exponent}, for a positive denominator. */
  static double divide(BigInteger numerator, BigInteger denominator, int exponent) {
    // A quotient of at least 64 bits leaves room for the bit that decides and one below.
    int shift = Math.max(0, 65 + denominator.bitLength() - numerator.bitLength());
    BigInteger[] parts = numerator.abs().shiftLeft(shift).divideAndRemainder(denominator);
    double magnitude = round(parts[0], parts[1].signum(), exponent - shift);
    return numerator.signum() < 0 ? -magnitude : magnitude;
  }

  /** {@code numerator / denominator}, for a positive denominator. */
  static double divide(long numerator, long denominator) {
    if (isExact(numerator) && isExact(denominator)) {
      return (double) numerator / denominator;
    }
    return divide(BigInteger.valueOf(numerator), BigInteger.valueOf(denominator), 0);
  }

  private static boolean isExact(long value) {
    return value <= EXACT && value >= -EXACT;
  }

  /**
   * Rounds {@code (integer + rest) * 2^exponent}, with a rest between 0 and 1 of which only matters
   * whether it is 0; where it is not, the integer has more bits than a double.
   */
  private static double round(BigInteger integer, int rest, int exponent) {
    int highest = integer.bitLength() - 1 + exponent;
    int lowest = Math.max(highest - PRECISION + 1, LOWEST_BIT);
    int drop = lowest - exponent;
    if (drop <= 0) {
      return Math.scalb((double) integer.shiftLeft(-drop).longValue(), lowest);
    }
    long kept = integer.shiftRight(drop).longValue();
    if (integer.testBit(drop - 1)) {
      boolean aboveHalf = rest != 0 || integer.getLowestSetBit() < drop - 1;
      if (aboveHalf || (kept & 1) == 1) {
        kept++;
      }
    }
    return Math.scalb((double) kept, lowest);
  }

  /** The value as a feature shows it: null if it is not finite, never {@code -0.0}. */
  static Double finite(double value) {
    return Double.isFinite(value) ? Double.valueOf(value + 0.0) : null;
  }
}
