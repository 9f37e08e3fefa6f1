package io.plumbline.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import io.plumbline.definition.Aggregation;
import io.plumbline.definition.ValueType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class QuantileSketchTest {
  private static final double[] QS = {0, 0.01, 0.25, 0.5, 0.9, 0.99, 1};

  @Test
  void quantilesOfDoublesAreWithinOnePercent() {
    for (long seed = 0; seed < 1000; seed++) {
      Samples samples = new Samples(seed);
      List<Double> values = new ArrayList<>();
      for (int i = 0; i <= seed % 100; i++) {
        values.add(samples.aDouble((int) (seed % 4)));
      }
      List<Double> sorted = new ArrayList<>(values);
      Collections.sort(sorted);
      for (double q : QS) {
        double exact = sorted.get((int) Math.floor(q * (sorted.size() - 1)));
        double answer =
            (Double) Accumulated.of(new Aggregation.ApproxQuantile(q), ValueType.DOUBLE, values);
        assertWithin(seed, q, exact, answer);
      }
    }
  }

  @Test
  void quantilesOfLongsAreWithinOnePercent() {
    for (long seed = 0; seed < 1000; seed++) {
      Samples samples = new Samples(seed);
      List<Long> values = new ArrayList<>();
      for (int i = 0; i <= seed % 100; i++) {
        values.add(samples.aLong((int) (seed % 4)));
      }
      List<Long> sorted = new ArrayList<>(values);
      Collections.sort(sorted);
      for (double q : QS) {
        long exact = sorted.get((int) Math.floor(q * (sorted.size() - 1)));
        long answer =
            (Long) Accumulated.of(new Aggregation.ApproxQuantile(q), ValueType.LONG, values);
        assertWithin(seed, q, exact, answer);
      }
    }
  }

  private static void assertWithin(long seed, double q, double exact, double answer) {
    assertThat(Math.abs(answer - exact))
        .as("seed %d, q %s: %s instead of %s", seed, q, answer, exact)
        .isLessThanOrEqualTo(Math.abs(exact) * 0.01);
  }

  @Test
  void everySingleNumberIsWithinOnePercentOfItsBucket() {
    double factor = 1.0009;
    for (double x = Double.MIN_VALUE; x < 1e308; x = Math.max(x * factor, Math.nextUp(x))) {
      QuantileSketch sketch = new QuantileSketch();
      sketch.add(QuantileSketch.bucketOf(x), 1);
      assertWithin(0, 0, x, sketch.quantile(0));
      assertThat(QuantileSketch.bucketOf(-x)).isEqualTo(-QuantileSketch.bucketOf(x));
    }
  }

  @Test
  void bucketsKeepTheOrderOfNumbers() {
    int last = 0;
    for (double x = Double.MIN_VALUE; x < 1e308; x *= 1.5) {
      assertThat(QuantileSketch.bucketOf(x)).as("bucket of %s", x).isGreaterThanOrEqualTo(last);
      last = QuantileSketch.bucketOf(x);
      x = Math.nextUp(x);
    }
  }

  @Test
  void smallIntegersAreExact() {
    List<Long> values = LongStream.rangeClosed(-255, 255).boxed().toList();
    for (double q = 0; q <= 1; q += 1.0 / 128) {
      assertThat(Accumulated.of(new Aggregation.ApproxQuantile(q), ValueType.LONG, values))
          .isEqualTo(values.get((int) Math.floor(q * 510)));
    }
  }

  @Test
  void theEndsOfLongsStayLongs() {
    assertThat(Accumulated.of(new Aggregation.ApproxQuantile(1), ValueType.LONG, Long.MAX_VALUE))
        .isEqualTo(Long.MAX_VALUE);
    assertThat(Accumulated.of(new Aggregation.ApproxQuantile(0), ValueType.LONG, Long.MIN_VALUE))
        .isEqualTo(Long.MIN_VALUE);
  }
}
