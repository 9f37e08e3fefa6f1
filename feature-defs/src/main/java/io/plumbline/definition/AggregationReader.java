package io.plumbline.definition;

import java.math.BigDecimal;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.function.LongFunction;

/** Reads {@code aggregate: count} and {@code aggregate: {last_n: 10}}. */
final class AggregationReader {
  private static final Map<String, Aggregation> PLAIN = new TreeMap<>();
  private static final Map<String, String> EXAMPLES =
      Map.of(
          "last_n", "{last_n: 10}",
          "top_k", "{top_k: 3}",
          "rate", "{rate: 1h}",
          "vector_mean", "{vector_mean: 128}",
          "approx_quantile", "{approx_quantile: 0.95}",
          "decayed_sum", "{decayed_sum: 1h}",
          "decayed_count", "{decayed_count: 1h}");

  static {
    for (Aggregation aggregation :
        new Aggregation[] {
          new Aggregation.Count(),
          new Aggregation.Sum(),
          new Aggregation.Mean(),
          new Aggregation.Min(),
          new Aggregation.Max(),
          new Aggregation.VarPop(),
          new Aggregation.VarSamp(),
          new Aggregation.StddevPop(),
          new Aggregation.StddevSamp(),
          new Aggregation.First(),
          new Aggregation.Last(),
          new Aggregation.DistinctCount(),
          new Aggregation.Mode(),
          new Aggregation.TimeSinceLast(),
          new Aggregation.ApproxDistinctCount()
        }) {
      PLAIN.put(AggregateKind.of(aggregation).keyword(), aggregation);
    }
  }

  private AggregationReader() {}

  static Optional<Aggregation> read(YamlValue value) {
    if (value.isScalar()) {
      return value.text("aggregate").flatMap(name -> plain(value, name));
    }
    Optional<YamlMap> map = value.map("aggregate");
    if (map.isEmpty()) {
      return Optional.empty();
    }
    if (map.get().entries().size() != 1) {
      value.problem(
          "aggregate has " + map.get().entries().size() + " entries",
          "write one name and its parameter, as in {last_n: 10}");
      return Optional.empty();
    }
    YamlMap.Entry only = map.get().entries().values().iterator().next();
    return withParameter(only.key(), only.value());
  }

  private static Optional<Aggregation> plain(YamlValue value, String name) {
    Aggregation aggregation = PLAIN.get(name);
    if (aggregation == null && EXAMPLES.containsKey(name)) {
      value.problem(
          "aggregate " + name + " lacks its parameter", "write aggregate: " + EXAMPLES.get(name));
    } else if (aggregation == null) {
      unknown(value, name);
    }
    return Optional.ofNullable(aggregation);
  }

  private static Optional<Aggregation> withParameter(YamlValue key, YamlValue value) {
    String name = key.toString();
    return switch (name) {
      case "last_n" -> count(name, value, Aggregation.LastN::new);
      case "top_k" -> count(name, value, Aggregation.TopK::new);
      case "vector_mean" -> count(name, value, Aggregation.VectorMean::new);
      case "rate" -> duration(name, value, Aggregation.Rate::new);
      case "decayed_sum" -> duration(name, value, Aggregation.DecayedSum::new);
      case "decayed_count" -> duration(name, value, Aggregation.DecayedCount::new);
      case "approx_quantile" -> quantile(name, value);
      default -> {
        if (PLAIN.containsKey(name)) {
          key.problem("aggregate " + name + " takes no parameter", "write aggregate: " + name);
        } else {
          unknown(key, name);
        }
        yield Optional.empty();
      }
    };
  }

  private static void unknown(YamlValue value, String name) {
    value.problem(
        "there is no aggregate '" + name + "'",
        Names.suggest(name, "aggregate", AggregateKind.keywords()));
  }

  private static Optional<Aggregation> count(
      String name, YamlValue value, IntFunction<Aggregation> make) {
    OptionalInt n = value.integer(name, 1);
    return n.isPresent() ? Optional.of(make.apply(n.getAsInt())) : Optional.empty();
  }

  private static Optional<Aggregation> duration(
      String name, YamlValue value, LongFunction<Aggregation> make) {
    OptionalLong millis = value.positiveDuration(name);
    return millis.isPresent() ? Optional.of(make.apply(millis.getAsLong())) : Optional.empty();
  }

  private static Optional<Aggregation> quantile(String name, YamlValue value) {
    Optional<BigDecimal> q = value.number(name);
    if (q.isPresent() && (q.get().signum() < 0 || q.get().compareTo(BigDecimal.ONE) > 0)) {
      value.problem(
          name + " " + q.get() + " is not within 0 and 1", "write 0.95 for the 95th percentile");
      return Optional.empty();
    }
    return q.map(number -> new Aggregation.ApproxQuantile(number.doubleValue()));
  }
}
