package io.plumbline.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import io.plumbline.definition.Aggregation;
import io.plumbline.definition.ValueType;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class VarianceTest {
  private static final MathContext DIGITS = new MathContext(100);

  @Test
  void variancesOfDoublesAreThoseOfBigDecimalRoundedOnce() {
    for (long seed = 0; seed < 600; seed++) {
      Samples samples = new Samples(seed);
      List<Double> values = new ArrayList<>();
      for (int i = 0; i <= seed % 9; i++) {
        values.add(samples.aDouble((int) (seed % 4)));
      }
      check(
          "seed " + seed, ValueType.DOUBLE, values, values.stream().map(BigDecimal::new).toList());
    }
  }

  @Test
  void variancesOfLongsAreThoseOfBigDecimalRoundedOnce() {
    for (long seed = 0; seed < 1000; seed++) {
      Samples samples = new Samples(seed);
      List<Long> values = new ArrayList<>();
      for (int i = 0; i <= seed % 9; i++) {
        values.add(samples.aLong((int) (seed % 4)));
      }
      check("seed " + seed, ValueType.LONG, values, values.stream().map(BigDecimal::new).toList());
    }
  }

  private static void check(String name, ValueType type, List<?> values, List<BigDecimal> exact) {
    BigDecimal n = new BigDecimal(exact.size());
    BigDecimal sum = exact.stream().reduce(BigDecimal.ZERO, BigDecimal::add);
    BigDecimal squares =
        exact.stream().map(x -> x.multiply(x)).reduce(BigDecimal.ZERO, BigDecimal::add);
    BigDecimal spread = n.multiply(squares).subtract(sum.multiply(sum));
    double population = spread.divide(n.multiply(n), DIGITS).doubleValue();
    expect(name, new Aggregation.VarPop(), type, values, population);
    expect(name, new Aggregation.StddevPop(), type, values, Math.sqrt(population));
    if (values.size() == 1) {
      assertThat(Accumulated.of(new Aggregation.VarSamp(), type, values)).isNull();
      assertThat(Accumulated.of(new Aggregation.StddevSamp(), type, values)).isNull();
    } else {
      BigDecimal divisor = n.multiply(n.subtract(BigDecimal.ONE));
      double sample = spread.divide(divisor, DIGITS).doubleValue();
      expect(name, new Aggregation.VarSamp(), type, values, sample);
      expect(name, new Aggregation.StddevSamp(), type, values, Math.sqrt(sample));
    }
  }

  private static void expect(
      String name, Aggregation spec, ValueType type, List<?> values, double expected) {
    assertThat(Accumulated.of(spec, type, values))
        .as("%s of %s, %s", spec, values, name)
        .isEqualTo(Double.isInfinite(expected) ? null : expected);
  }

  @Test
  void aLargeOffsetDoesNotDrownTheNoise() {
    Random random = new Random(5);
    List<Double> noise = new ArrayList<>();
    List<Double> offset = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      // Multiples of 2^-20 are exact with and without the offset.
      double x = random.nextInt(1 << 20) * 0x1p-20;
      noise.add(x);
      offset.add(1e9 + x);
    }
    assertThat(Accumulated.of(new Aggregation.VarSamp(), ValueType.DOUBLE, offset))
        .isEqualTo(Accumulated.of(new Aggregation.VarSamp(), ValueType.DOUBLE, noise));
  }

  @Test
  void squaresNeitherOverflowNorVanish() {
    assertThat(Accumulated.of(new Aggregation.VarPop(), ValueType.DOUBLE, 1e308, 1e308))
        .isEqualTo(0.0);
    assertThat(Accumulated.of(new Aggregation.VarPop(), ValueType.DOUBLE, 1e308, -1e308)).isNull();
    assertThat(Accumulated.of(new Aggregation.VarPop(), ValueType.DOUBLE, 0x1p-536, -0x1p-536))
        .isEqualTo(0x1p-1072);
    assertThat(
            Accumulated.of(
                new Aggregation.VarPop(), ValueType.DOUBLE, Double.MIN_VALUE, -Double.MIN_VALUE))
        .isEqualTo(0.0);
  }
}
