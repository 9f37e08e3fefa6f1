package io.plumbline.bench.alternatives;

import io.plumbline.aggregate.Aggregate;
import io.plumbline.aggregate.Aggregates;
import io.plumbline.definition.Aggregation;
import io.plumbline.definition.ValueType;
import io.plumbline.definition.Window;
import java.util.Random;

/** Amounts to aggregate, and the product's aggregates of them. */
final class Amounts {
  private static final long SEED = 20_260_101;
  private static final int PREPARED = 1 << 16;
  private static final int MOST_CENTS = 100_000;

  private Amounts() {}

  static Aggregate<Object> count() {
    return of(new Aggregation.Count(), null);
  }

  static Aggregate<Object> sum() {
    return of(new Aggregation.Sum(), ValueType.DOUBLE);
  }

  static Aggregate<Object> max() {
    return of(new Aggregation.Max(), ValueType.DOUBLE);
  }

  @SuppressWarnings("unchecked")
  private static Aggregate<Object> of(Aggregation aggregation, ValueType type) {
    return (Aggregate<Object>) Aggregates.of(aggregation, type, new Window.Lifetime());
  }

  /** So many amounts that the next ones may be the first again: a power of two. */
  static Double[] prepared() {
    Random random = new Random(SEED);
    Double[] amounts = new Double[PREPARED];
    for (int i = 0; i < PREPARED; i++) {
      amounts[i] = (1 + random.nextInt(MOST_CENTS)) / 100.0;
    }
    return amounts;
  }

  /** For each prepared amount a number from 0 to below {@code bound}. */
  static int[] delays(int bound) {
    Random random = new Random(SEED + 1);
    int[] delays = new int[PREPARED];
    for (int i = 0; i < PREPARED; i++) {
      delays[i] = random.nextInt(bound);
    }
    return delays;
  }
}
