package io.plumbline.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import io.plumbline.definition.Aggregation;
import io.plumbline.definition.ValueType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExactSumTest {

  @Test
  void sumsOfDoublesAreThoseOfBigDecimalRoundedOnce() {
    for (long seed = 0; seed < 1000; seed++) {
      List<Double> values = doubles(seed);
      double expected =
          values.stream()
              .map(BigDecimal::new)
              .reduce(BigDecimal.ZERO, BigDecimal::add)
              .doubleValue();

      assertThat(sum(values))
          .as("seed %d: %s", seed, values)
          .isEqualTo(Double.isInfinite(expected) ? null : expected);
      assertThat(Accumulated.of(new Aggregation.Mean(), ValueType.DOUBLE, values))
          .as("mean, seed %d: %s", seed, values)
          .isEqualTo(Double.isInfinite(expected) ? null : expected / values.size() + 0.0);
    }
  }

  private static List<Double> doubles(long seed) {
    Samples samples = new Samples(seed);
    List<Double> values = new ArrayList<>();
    for (int i = 0; i <= seed % 13; i++) {
      values.add(samples.aDouble((int) (seed % 5 == 4 ? i % 4 : seed % 5)));
    }
    return values;
  }

  @Test
  void nothingIsLostWhereDoublesLose() {
    assertThat(sum(List.of(1e16, 0.1, -1e16))).isEqualTo(0.1);
    assertThat(sum(List.of(1e308, 1e308, -1e308))).isEqualTo(1e308);
    assertThat(sum(List.of(1e308, Double.MIN_VALUE, -1e308))).isEqualTo(Double.MIN_VALUE);
    assertThat(sum(List.of(0.1, 0.1, 0.1))).isEqualTo(0.30000000000000004);
  }

  @Test
  void halvesRoundToEvenUnlessABitFarBelowDecides() {
    assertThat(sum(List.of(0x1p53, 1.0))).isEqualTo(0x1p53);
    assertThat(sum(List.of(0x1p53, 1.0, Double.MIN_VALUE))).isEqualTo(0x1p53 + 2);
    assertThat(sum(List.of(0x1p53 + 2, 1.0))).isEqualTo(0x1p53 + 4);
    assertThat(sum(List.of(0x1p53 + 2, 1.0, -Double.MIN_VALUE))).isEqualTo(0x1p53 + 2);
  }

  @Test
  void aSumBeyondTheLargestDoubleIsNone() {
    assertThat(sum(List.of(1e308, 1e308))).isNull();
    assertThat(Accumulated.of(new Aggregation.Mean(), ValueType.DOUBLE, 1e308, 1e308)).isNull();
    double halfUlp = 0x1p970;
    assertThat(sum(List.of(Double.MAX_VALUE, halfUlp))).isNull();
    assertThat(sum(List.of(Double.MAX_VALUE, halfUlp, -1.0))).isEqualTo(Double.MAX_VALUE);
  }

  @Test
  void zeroHasNoSign() {
    assertThat(sum(List.of(-1.5, 1.5))).isEqualTo(0.0);
    assertThat(
            Accumulated.of(new Aggregation.Mean(), ValueType.DOUBLE, -Double.MIN_VALUE, 0.0, 0.0))
        .isEqualTo(0.0);
  }

  @Test
  void limbsSurviveMoreAdditionsThanTheyHaveRoomFor() {
    Limbs limbs = new Limbs();
    limbs.add(-Double.MAX_VALUE);
    BigInteger expected = new BigDecimal(-Double.MAX_VALUE).toBigInteger();
    for (int doubled = 0; doubled < 80; doubled++) {
      limbs.add(limbs.copy());
      expected = expected.shiftLeft(1);
    }
    Limbs.Digits digits = limbs.digits();
    assertThat(digits.integer().shiftLeft(digits.exponent())).isEqualTo(expected);
  }

  @Test
  void sumsOfLongsAreExactWithin64Bits() {
    assertThat(longSum(Long.MAX_VALUE, 1L, -1L)).isEqualTo(Long.MAX_VALUE);
    assertThat(longSum(Long.MAX_VALUE, 1L)).isNull();
    assertThat(longSum(Long.MIN_VALUE, -1L)).isNull();
    assertThat(longSum(Long.MIN_VALUE, Long.MIN_VALUE, Long.MAX_VALUE, Long.MAX_VALUE, 2L))
        .isEqualTo(0L);
  }

  @Test
  void meansOfLongsAreTheRoundedSumDividedByTheCount() {
    for (long seed = 0; seed < 1000; seed++) {
      Samples samples = new Samples(seed);
      List<Long> values = new ArrayList<>();
      for (int i = 0; i <= seed % 11; i++) {
        values.add(samples.aLong((int) (seed % 4)));
      }
      BigDecimal sum =
          values.stream().map(BigDecimal::new).reduce(BigDecimal.ZERO, BigDecimal::add);
      double expected = sum.doubleValue() / values.size();

      assertThat(Accumulated.of(new Aggregation.Mean(), ValueType.LONG, values))
          .as("seed %d: %s", seed, values)
          .isEqualTo(expected + 0.0);
      List<List<Long>> vectors = values.stream().map(value -> List.of(value, -1L)).toList();
      assertThat(
              Accumulated.of(
                  new Aggregation.VectorMean(2), ValueType.listOf(ValueType.Scalar.LONG), vectors))
          .as("in a vector, seed %d: %s", seed, values)
          .isEqualTo(List.of(expected + 0.0, -1.0));
    }
  }

  private static Object sum(List<Double> values) {
    return Accumulated.of(new Aggregation.Sum(), ValueType.DOUBLE, values);
  }

  private static Object longSum(Object... values) {
    return Accumulated.of(new Aggregation.Sum(), ValueType.LONG, values);
  }
}
