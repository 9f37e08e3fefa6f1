package io.plumbline.jobs.generator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ZipfTest {
  private static final int DRAWS = 200_000;

  @ParameterizedTest
  @CsvSource({"1, 1", "2, 0.5", "10, 0", "10, 0.7", "10, 1", "10, 1.0000001", "50, 1.3", "50, 5"})
  void ranksComeInProportion(int ranks, double exponent) {
    SplittableRandom random = new SplittableRandom(11);
    Zipf zipf = new Zipf(ranks, exponent);
    int[] counts = new int[ranks + 1];
    for (int i = 0; i < DRAWS; i++) {
      counts[zipf.draw(random)]++;
    }
    double sum = 0;
    for (int k = 1; k <= ranks; k++) {
      sum += Math.pow(k, -exponent);
    }
    assertThat(counts[0]).isZero();
    for (int k = 1; k <= ranks; k++) {
      double share = Math.pow(k, -exponent) / sum;
      double deviation = Math.sqrt(share * (1 - share) / DRAWS);
      assertThat(counts[k] / (double) DRAWS).isCloseTo(share, within(5 * deviation + 5.0 / DRAWS));
    }
  }

  @ParameterizedTest
  @CsvSource({"0", "0.5", "1", "2", "5"})
  void staysInRangeWithAsManyRanksAsThereAre(double exponent) {
    SplittableRandom random = new SplittableRandom(12);
    Zipf zipf = new Zipf(Integer.MAX_VALUE, exponent);
    for (int i = 0; i < 10_000; i++) {
      assertThat(zipf.draw(random)).isPositive();
    }
  }
}
