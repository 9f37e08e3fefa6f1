package io.plumbline.jobs.generator;

import java.util.SplittableRandom;

/**
 * Draws ranks by Zipf's law: rank k comes with a probability in proportion to k to the power of
 * minus the exponent. Needs no table, whatever the number of ranks.
 *
 * <p>Rejection-inversion after W. Hörmann and G. Derflinger, "Rejection-inversion to generate
 * variates from monotone discrete distributions", ACM TOMACS 6(3), 1996. {@link StrictMath} makes
 * the draws the same on every machine.
 */
final class Zipf {
  private final int ranks;
  private final double exponent;
  private final double areaFrom;
  private final double areaTo;
  private final double alwaysAccept;

  /**
   * @param ranks at least 1
   * @param exponent not negative; 0 draws all ranks alike
   */
  Zipf(int ranks, double exponent) {
    this.ranks = ranks;
    this.exponent = exponent;
    this.areaFrom = area(1.5) - 1;
    this.areaTo = area(ranks + 0.5);
    this.alwaysAccept = 2 - inverseArea(area(2.5) - height(2));
  }

  /** A rank from 1, the most frequent, to the number of ranks. */
  int draw(SplittableRandom random) {
    if (exponent == 0) {
      return 1 + random.nextInt(ranks);
    }
    while (true) {
      double u = areaTo + random.nextDouble() * (areaFrom - areaTo);
      double x = inverseArea(u);
      int rank = (int) Math.max(1, Math.min(ranks, Math.round(x)));
      if (rank - x <= alwaysAccept || u >= area(rank + 0.5) - height(rank)) {
        return rank;
      }
    }
  }

  private double height(double x) {
    return StrictMath.pow(x, -exponent);
  }

  /** Antiderivative of {@link #height}. */
  private double area(double x) {
    double log = StrictMath.log(x);
    double t = (1 - exponent) * log;
    return Math.abs(t) < 1e-8 ? log * (1 + t / 2) : StrictMath.expm1(t) / (1 - exponent);
  }

  private double inverseArea(double y) {
    double t = Math.max(-1, y * (1 - exponent));
    double log = Math.abs(t) < 1e-8 ? y * (1 - t / 2) : StrictMath.log1p(t) / (1 - exponent);
    return StrictMath.exp(log);
  }
}
