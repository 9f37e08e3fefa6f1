package io.plumbline.aggregate;

import io.plumbline.definition.Aggregation;
import io.plumbline.definition.ValueType;
import io.plumbline.definition.Window;
import java.util.List;

/** Runs an aggregate over values, as a test wants to read it. */
final class Accumulated {
  static final Window HOUR = Window.Sliding.tumbling(3_600_000, 0);

  private Accumulated() {}

  /** The finished value over values that happened a second apart, from the epoch on. */
  static Object of(Aggregation spec, ValueType type, Object... values) {
    return of(spec, type, List.of(values));
  }

  static Object of(Aggregation spec, ValueType type, List<?> values) {
    return finish(Aggregates.of(spec, type, HOUR), values);
  }

  private static <A> Object finish(Aggregate<A> aggregate, List<?> values) {
    A accumulator = aggregate.algebra().zero();
    for (int i = 0; i < values.size(); i++) {
      Moment at = new Moment(1000L * i, 1000L * i, 0, i);
      accumulator = aggregate.algebra().add(accumulator, values.get(i), at);
    }
    return aggregate.finisher().finish(accumulator, 1000L * values.size());
  }
}
