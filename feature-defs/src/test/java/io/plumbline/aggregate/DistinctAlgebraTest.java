package io.plumbline.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import io.plumbline.definition.ValueType;
import java.util.Set;
import java.util.function.LongFunction;
import org.junit.jupiter.api.Test;

class DistinctAlgebraTest {
  private static final Set<Long> LOOK_AT =
      Set.of(1L, 99L, 256L, 257L, 300L, 1000L, 3000L, 10_000L, 20_000L, 100_000L, 1_000_000L);

  @Test
  void countsOfSequencesAreWithinEightPercent() {
    check(ValueType.LONG, i -> i);
    check(ValueType.LONG, i -> i * 86_400_000L);
    check(ValueType.DOUBLE, i -> i / 100.0);
    check(ValueType.STRING, i -> "user" + i);
    check(ValueType.STRING, i -> Long.toHexString(i * 0x9E3779B97F4A7C15L));
  }

  private static void check(ValueType type, LongFunction<Object> values) {
    DistinctAlgebra algebra = new DistinctAlgebra(Values.of(type));
    DistinctAlgebra.Distinct distinct = algebra.zero();
    for (long i = 1; i <= 1_000_000; i++) {
      algebra.add(distinct, values.apply(i), null);
      if (i <= 256) {
        assertThat(distinct.estimate()).isEqualTo(i);
      } else if (LOOK_AT.contains(i)) {
        assertThat((double) distinct.estimate())
            .as("%d distinct of %s, such as %s", i, type, values.apply(i))
            .isBetween(i * 0.92, i * 1.08);
      }
    }
  }

  @Test
  void repetitionsDoNotCount() {
    DistinctAlgebra algebra = new DistinctAlgebra(Values.of(ValueType.STRING));
    DistinctAlgebra.Distinct distinct = algebra.zero();
    for (int i = 0; i < 10_000; i++) {
      algebra.add(distinct, "item" + i % 99, null);
    }
    assertThat(distinct.estimate()).isEqualTo(99);
  }

  @Test
  void hashesNeverChange() {
    // XXH64 of eight zero bytes, as its reference implementation gives it.
    assertThat(Hash64.of(0L)).isEqualTo(0x34c96acdcadb1bbbL);
    assertThat(Hash64.of("plumbline")).isEqualTo(0x4b0c25043f1effd8L);
  }
}
