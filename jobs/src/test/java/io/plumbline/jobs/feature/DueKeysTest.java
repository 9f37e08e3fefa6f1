package io.plumbline.jobs.feature;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class DueKeysTest {
  @Test
  void keysComeOutInOrderOfTimeAndNoneIsLost() {
    for (long seed = 1; seed <= 50; seed++) {
      Random random = new Random(seed);
      DueKeys due = new DueKeys();
      TreeMap<Long, Map<Long, Integer>> expected = new TreeMap<>();
      for (int step = 0; step < 2_000; step++) {
        if (random.nextInt(3) > 0 || expected.isEmpty()) {
          long time = random.nextInt(40) - 20L;
          long key = random.nextLong();
          due.add(time, key);
          expected.computeIfAbsent(time, t -> new HashMap<>()).merge(key, 1, Integer::sum);
        } else {
          Map.Entry<Long, Map<Long, Integer>> first = expected.firstEntry();
          assertThat(due.first()).as("seed %d", seed).isEqualTo(first.getKey());
          long key = due.take();
          assertThat(first.getValue()).as("seed %d", seed).containsKey(key);
          first.getValue().merge(key, -1, (a, b) -> a + b == 0 ? null : a + b);
          if (first.getValue().isEmpty()) {
            expected.pollFirstEntry();
          }
        }
      }
      List<Long> left = new ArrayList<>();
      while (due.first() < Long.MAX_VALUE) {
        left.add(due.first());
        due.take();
      }
      assertThat(left).as("seed %d", seed).isSorted();
      assertThat(left.stream().distinct().toList()).containsExactlyElementsOf(expected.keySet());
    }
  }
}
