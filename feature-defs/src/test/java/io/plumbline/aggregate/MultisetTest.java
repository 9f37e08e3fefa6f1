package io.plumbline.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class MultisetTest {
  private static final Comparator<Object> ORDER = new Values.Longs();

  @Test
  void behavesLikeAMapOfCounts() {
    for (long seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      int distinct = 1 + random.nextInt(60);
      Multiset multiset = new Multiset();
      Map<Long, Long> model = new TreeMap<>();
      for (int i = 0; i < 400; i++) {
        long value = random.nextInt(distinct) * (seed % 2 == 0 ? 1L : 1L << 40);
        // As often taken away as added, but never more than there is.
        long count = random.nextBoolean() ? -model.getOrDefault(value, 0L) : 1 + random.nextInt(3);
        if (count != 0) {
          multiset.add(value, count);
          model.merge(value, count, (a, b) -> a + b == 0 ? null : (Long) (a + b));
        }
        assertThat(multiset.size()).as("seed %d", seed).isEqualTo(model.size());
      }
      assertThat(multiset.sorted(ORDER))
          .as("seed %d", seed)
          .containsExactly(model.keySet().toArray());
      model.forEach((value, count) -> assertThat(multiset.count(value)).isEqualTo(count));
      assertThat(multiset.top(5, ORDER))
          .as("seed %d", seed)
          .isEqualTo(
              model.entrySet().stream()
                  .sorted(
                      Map.Entry.<Long, Long>comparingByValue()
                          .reversed()
                          .thenComparing(Map.Entry.comparingByKey()))
                  .limit(5)
                  .map(Map.Entry::getKey)
                  .toList());
    }
  }
}
