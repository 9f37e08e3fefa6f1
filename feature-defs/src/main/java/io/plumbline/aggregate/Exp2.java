package io.plumbline.aggregate;

/**
 * Powers of two with fractional exponents, the same bits on every machine: {@link Math#pow} may
 * differ between them, and {@link StrictMath#pow} takes longer than all the rest of a decaying sum.
 *
 * <p>The exponent's leading bits choose from a table, a polynomial does what remains, after Ping
 * Tak Peter Tang, "Table-driven implementation of the exponential function in IEEE floating-point
 * arithmetic" (ACM TOMS 15, 1989). The error is at most two units in the last place.
 */
final class Exp2 {
  private static final int STEPS = 128;
  private static final double LN2 = 0.6931471805599453;
  private static final double[] TABLE = new double[STEPS + 1];

  static {
    for (int i = 0; i <= STEPS; i++) {
      TABLE[i] = StrictMath.pow(2, (double) i / STEPS);
    }
  }

  private Exp2() {}

  /** {@code 2^x} for {@code 0 <= x <= 1}, exact for 0 and 1. */
  static double of(double x) {
    int step = (int) (x * STEPS);
    double y = (x - (double) step / STEPS) * LN2;
    // e^y - 1; the first term left out, y^6 / 720, is below 2^-54.
    double gain = y * (1 + y * (1.0 / 2 + y * (1.0 / 6 + y * (1.0 / 24 + y * (1.0 / 120)))));
    return TABLE[step] + TABLE[step] * gain;
  }
}
