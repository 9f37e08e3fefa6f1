package io.plumbline.aggregate;

/**
 * The stored form of {@code decayed_sum} and {@code decayed_count}.
 *
 * @param value the sum at {@code at}; finite
 * @param at epoch ms
 */
public record Decayed(double value, long at) {
  /** Beyond as many half-lives every double is zero or infinite. */
  private static final long FARTHEST = 5000;

  /** The sum at {@code time}, epoch ms; at {@link #at} the value itself. Null if not finite. */
  Double valueAt(long time, long halfLifeMs) {
    long passed = time - at;
    if (time >= at != passed >= 0) {
      passed = time >= at ? Long.MAX_VALUE : Long.MIN_VALUE;
    }
    long halfLives = Math.floorDiv(passed, halfLifeMs);
    double loss = Exp2.of((double) Math.floorMod(passed, halfLifeMs) / halfLifeMs);
    int exponent = (int) Math.max(-FARTHEST, Math.min(FARTHEST, -halfLives));
    return Rounding.finite(Math.scalb(value / loss, exponent));
  }
}
