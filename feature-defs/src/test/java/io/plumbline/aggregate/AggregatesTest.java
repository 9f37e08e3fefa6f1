package io.plumbline.aggregate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plumbline.definition.Aggregation;
import io.plumbline.definition.ValueType;
import io.plumbline.definition.ValueType.Scalar;
import io.plumbline.definition.Window;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class AggregatesTest {
  private static final ValueType VECTOR = ValueType.listOf(Scalar.DOUBLE);

  @Test
  void eachAggregateByExample() {
    assertThat(strings(new Aggregation.First(), "b", "a", "c")).isEqualTo("b");
    assertThat(strings(new Aggregation.Last(), "b", "a", "c")).isEqualTo("c");
    assertThat(strings(new Aggregation.LastN(2), "b", "a", "c")).isEqualTo(List.of("c", "a"));
    assertThat(strings(new Aggregation.DistinctCount(), "b", "a", "b")).isEqualTo(2L);
    assertThat(strings(new Aggregation.Mode(), "c", "b", "a", "b", "a")).isEqualTo("a");
    assertThat(strings(new Aggregation.TopK(2), "c", "b", "a", "b", "a", "b"))
        .isEqualTo(List.of("b", "a"));
    assertThat(strings(new Aggregation.TopK(9), "c", "b")).isEqualTo(List.of("b", "c"));
    assertThat(strings(new Aggregation.Count(), "c", "b")).isEqualTo(2L);
    assertThat(strings(new Aggregation.Rate(60_000), "c", "b")).isEqualTo(2 / 60.0);
    // The events are at 0 s and 1 s, and are asked about at 2 s.
    assertThat(strings(new Aggregation.TimeSinceLast(), "c", "b")).isEqualTo(1.0);
    assertThat(strings(new Aggregation.DecayedCount(1000), "c", "b")).isEqualTo(0.75);
    assertThat(Accumulated.of(new Aggregation.DecayedSum(1000), ValueType.LONG, 8L, 2L))
        .isEqualTo(3.0);
    assertThat(Accumulated.of(new Aggregation.Max(), ValueType.BOOLEAN, true, false))
        .isEqualTo(true);
    assertThat(Accumulated.of(new Aggregation.Min(), ValueType.LONG, 3L, -3L)).isEqualTo(-3L);
  }

  private static Object strings(Aggregation spec, Object... values) {
    return Accumulated.of(spec, ValueType.STRING, values);
  }

  @Test
  void stringsOrderByCodePoint() {
    assertThat(strings(new Aggregation.Max(), "\uFFEE", "\uD83D\uDE00", "z"))
        .isEqualTo("\uD83D\uDE00");
    assertThat(strings(new Aggregation.Min(), "\uFFEE", "\uD83D\uDE00")).isEqualTo("\uFFEE");
    assertThat(strings(new Aggregation.Max(), "a", "ab", "")).isEqualTo("ab");
  }

  @Test
  void vectorsOfAnotherShapeDoNotContribute() {
    List<List<Double>> vectors =
        List.of(
            List.of(1.0, 1e308),
            List.of(9.0),
            Arrays.asList(9.0, null),
            List.of(9.0, Double.NaN),
            List.of(9.0, 9.0, 9.0),
            List.of(2.0, -1e308));
    assertThat(Accumulated.of(new Aggregation.VectorMean(2), VECTOR, vectors))
        .isEqualTo(List.of(1.5, 0.0));
    assertThat(
            Accumulated.of(
                new Aggregation.VectorMean(2), VECTOR, List.of(1.0, 1e308), List.of(1.0, 1e308)))
        .isNull();
  }

  @Test
  void whatRemembersTheSameSharesAKey() {
    assertThat(key(new Aggregation.Mean(), ValueType.DOUBLE))
        .isEqualTo(key(new Aggregation.Sum(), ValueType.DOUBLE))
        .isEqualTo("sum<double>")
        .isNotEqualTo(key(new Aggregation.Sum(), ValueType.LONG));
    assertThat(key(new Aggregation.Rate(1), null)).isEqualTo(key(new Aggregation.Count(), null));
    assertThat(key(new Aggregation.StddevPop(), ValueType.LONG))
        .isEqualTo(key(new Aggregation.VarSamp(), ValueType.LONG));
    assertThat(key(new Aggregation.TopK(3), ValueType.STRING))
        .isEqualTo(key(new Aggregation.Mode(), ValueType.STRING))
        .isEqualTo(key(new Aggregation.DistinctCount(), ValueType.STRING));
    assertThat(key(new Aggregation.ApproxQuantile(0.1), ValueType.LONG))
        .isEqualTo(key(new Aggregation.ApproxQuantile(0.9), ValueType.LONG));
    assertThat(key(new Aggregation.LastN(3), ValueType.LONG)).isEqualTo("last_n<long,3>");
    assertThat(key(new Aggregation.DecayedSum(5), ValueType.LONG)).isEqualTo("decayed_sum<long,5>");
    assertThat(key(new Aggregation.DecayedCount(5), ValueType.LONG)).isEqualTo("decayed_count<5>");
    assertThat(key(new Aggregation.VectorMean(4), VECTOR)).isEqualTo("sum<list<double>,4>");
  }

  private static String key(Aggregation spec, ValueType type) {
    return Aggregates.of(spec, type, Accumulated.HOUR).key();
  }

  @Test
  void resultsHaveTheContractsTypes() {
    assertThat(type(new Aggregation.Sum(), ValueType.LONG)).isEqualTo(ValueType.LONG);
    assertThat(type(new Aggregation.Mean(), ValueType.LONG)).isEqualTo(ValueType.DOUBLE);
    assertThat(type(new Aggregation.ApproxQuantile(0.5), ValueType.LONG)).isEqualTo(ValueType.LONG);
    assertThat(type(new Aggregation.TopK(2), ValueType.STRING))
        .isEqualTo(ValueType.listOf(Scalar.STRING));
    assertThat(type(new Aggregation.VectorMean(2), VECTOR)).isEqualTo(VECTOR);
    assertThat(type(new Aggregation.Last(), VECTOR)).isEqualTo(VECTOR);
  }

  private static ValueType type(Aggregation spec, ValueType type) {
    return Aggregates.of(spec, type, Accumulated.HOUR).type();
  }

  @Test
  void whatAnAggregateDoesNotTakeIsRefused() {
    refused(new Aggregation.Sum(), ValueType.STRING, "sum takes numbers, not string");
    refused(new Aggregation.StddevPop(), VECTOR, "stddev_pop takes numbers, not list<double>");
    refused(new Aggregation.TopK(2), VECTOR, "top_k takes numbers, strings or booleans");
    refused(new Aggregation.VectorMean(2), ValueType.DOUBLE, "vector_mean takes lists of numbers");
    refused(new Aggregation.Last(), null, "last needs a value");
    refused(new Aggregation.LastN(0), ValueType.LONG, "last_n takes a size of at least 1, not 0");
    refused(new Aggregation.ApproxQuantile(1.5), ValueType.LONG, "a q from 0 to 1, not 1.5");
    assertThatThrownBy(() -> Aggregates.of(new Aggregation.Rate(1), null, new Window.Lifetime()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("rate takes a tumbling or a sliding window");
  }

  private static void refused(Aggregation spec, ValueType type, String message) {
    assertThatThrownBy(() -> Aggregates.of(spec, type, Accumulated.HOUR))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }
}
