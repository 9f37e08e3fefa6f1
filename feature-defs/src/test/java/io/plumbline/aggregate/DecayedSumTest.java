package io.plumbline.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DecayedSumTest {
  private static final long[] HALF_LIVES = {1, 7, 1000, 3_600_000, 86_400_000, 315_576_000_000L};
  private static final long[] ORIGINS = {0, 1_767_225_600_000L, -62_135_596_800_000L, -1};

  @Test
  void valuesAreThoseOfTheFormula() {
    for (long seed = 0; seed < 3000; seed++) {
      Random random = new Random(seed);
      long halfLife = HALF_LIVES[random.nextInt(HALF_LIVES.length)];
      long origin = ORIGINS[random.nextInt(ORIGINS.length)];
      long span = Math.max(1, halfLife * (1 + random.nextInt(40)));
      DecayedSum sum = new DecayedSum();
      int n = 1 + random.nextInt(50);
      double[] values = new double[n];
      long[] times = new long[n];
      for (int i = 0; i < n; i++) {
        values[i] = (random.nextInt(2001) - 1000) * Math.pow(10, random.nextInt(9) - 4);
        times[i] = origin + (long) (random.nextDouble() * span);
        sum.add(values[i], times[i], halfLife);
      }
      long at = origin + span + (long) (random.nextDouble() * halfLife);

      double expected = 0;
      double absolute = 0;
      for (int i = 0; i < n; i++) {
        double term = values[i] * Math.pow(0.5, (double) (at - times[i]) / halfLife);
        expected += term;
        absolute += Math.abs(term);
      }
      assertThat(Math.abs(sum.valueAt(at, halfLife) - expected))
          .as("seed %d: %s instead of %s", seed, sum.valueAt(at, halfLife), expected)
          .isLessThanOrEqualTo(absolute * 1e-12);
    }
  }

  @Test
  void powersOfTwoAreThoseOfTheLibrary() {
    for (int i = 0; i <= 100_000; i++) {
      double x = i / 100_000.0;
      double expected = StrictMath.pow(2, x);
      assertThat(Math.abs(Exp2.of(x) - expected))
          .as("2^%s", x)
          .isLessThanOrEqualTo(2 * Math.ulp(1));
    }
    assertThat(Exp2.of(0)).isEqualTo(1);
    assertThat(Exp2.of(1)).isEqualTo(2);
  }

  @Test
  void whatIsDroppedEarlyWouldBeDroppedAtLast() throws IOException {
    // Each power of two reaches one limb higher than the one before, and pushes the lowest out.
    for (int rotation = 0; rotation < 12; rotation++) {
      DecayedSum sum = new DecayedSum();
      for (int i = 0; i < 12; i++) {
        int power = (i + rotation) % 12;
        sum.add(1 + power / 16.0, 28_000L * power, 1000);
        sum.add(-1 - power / 32.0, 28_000L * power, 1000);
      }
      assertThat(written(sum)).as("rotation %d", rotation).isEqualTo(written(ascending()));
    }
  }

  private static DecayedSum ascending() {
    DecayedSum sum = new DecayedSum();
    for (int power = 0; power < 12; power++) {
      sum.add(-1 - power / 32.0, 28_000L * power, 1000);
      sum.add(1 + power / 16.0, 28_000L * power, 1000);
    }
    return sum;
  }

  private static byte[] written(DecayedSum sum) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    sum.write(new DataOutputStream(bytes));
    return bytes.toByteArray();
  }

  @Test
  void aTermIsWholeAtItsOwnTimeAndHalfAfterAHalfLife() {
    for (long time : new long[] {0, 1, -1, 1_767_225_600_123L, -987_654_321_987L}) {
      for (long halfLife : HALF_LIVES) {
        DecayedSum sum = new DecayedSum();
        sum.add(1, time, halfLife);
        assertThat(sum.valueAt(time, halfLife)).isEqualTo(1);
        assertThat(sum.valueAt(time + halfLife, halfLife)).isEqualTo(0.5);
        assertThat(sum.valueAt(time + 5000 * halfLife, halfLife)).isZero();
      }
    }
  }

  @Test
  void extremeValuesAndTimesAreNothingSpecial() {
    DecayedSum large = new DecayedSum();
    large.add(Double.MAX_VALUE, 500, 1000);
    assertThat(large.valueAt(500, 1000)).isEqualTo(Double.MAX_VALUE);
    large.add(Double.MAX_VALUE, 500, 1000);
    assertThat(large.valueAt(500, 1000)).isInfinite();
    assertThat(large.valueAt(1500, 1000)).isEqualTo(Double.MAX_VALUE);

    DecayedSum small = new DecayedSum();
    small.add(Double.MIN_VALUE, 500, 1000);
    assertThat(small.valueAt(500, 1000)).isEqualTo(Double.MIN_VALUE);

    DecayedSum ends = new DecayedSum();
    ends.add(3, Long.MIN_VALUE, 1);
    assertThat(ends.valueAt(Long.MIN_VALUE, 1)).isEqualTo(3);
    assertThat(ends.valueAt(Long.MAX_VALUE, 1)).isZero();
    ends.add(3, Long.MAX_VALUE, 1);
    assertThat(ends.valueAt(Long.MAX_VALUE, 1)).isEqualTo(3);
  }

  @Test
  void termsThatCancelLeaveWhatIsFarBelowThem() {
    DecayedSum sum = new DecayedSum();
    sum.add(1e15, 0, 1000);
    sum.add(0.125, 0, 1000);
    sum.add(-1e15, 0, 1000);
    assertThat(sum.valueAt(0, 1000)).isEqualTo(0.125);
  }

  @Test
  void zerosAreTermsWithoutWeight() {
    DecayedSum sum = new DecayedSum();
    sum.add(0, 0, 1000);
    assertThat(sum.isEmpty()).isFalse();
    assertThat(sum.valueAt(10, 1000)).isZero();
  }
}
