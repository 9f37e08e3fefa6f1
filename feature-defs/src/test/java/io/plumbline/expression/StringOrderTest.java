package io.plumbline.expression;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StringOrderTest {
  @Test
  void isThatOfTheCodePoints() {
    long seed = 20260501;
    Random random = new Random(seed);
    int[] alphabet = {'a', 'b', 0xD7FF, 0xE000, 0xFFFD, 0x10000, 0x1F600, 0x10FFFF};
    for (int i = 0; i < 10_000; i++) {
      int[] a = random.ints(random.nextInt(4), 0, alphabet.length).map(k -> alphabet[k]).toArray();
      int[] b = random.ints(random.nextInt(4), 0, alphabet.length).map(k -> alphabet[k]).toArray();
      int compared = StringOrder.compare(new String(a, 0, a.length), new String(b, 0, b.length));
      assertThat(Integer.signum(compared))
          .as("seed %d, %s and %s", seed, Arrays.toString(a), Arrays.toString(b))
          .isEqualTo(Integer.signum(Arrays.compare(a, b)));
    }
  }
}
