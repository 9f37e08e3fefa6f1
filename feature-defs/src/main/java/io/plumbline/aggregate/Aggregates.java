package io.plumbline.aggregate;

import io.plumbline.definition.Aggregation;
import io.plumbline.definition.ValueType;
import io.plumbline.definition.ValueType.Scalar;
import io.plumbline.definition.Window;
import java.math.BigInteger;
import java.util.Locale;

/**
 * Makes aggregates of what definitions say. Aggregates that remember the same share a key: sum and
 * mean, count and rate, all variances, all quantiles, and whatever counts each value.
 */
public final class Aggregates {
  private Aggregates() {}

  /**
   * The aggregate that a feature asks for.
   *
   * @param valueType of what is aggregated; null where the feature names no value
   * @param window of the feature, by which a rate is divided
   * @throws IllegalArgumentException if the aggregate does not take values of that type, or not
   *     that window; the message says what it takes
   */
  public static Aggregate<?> of(Aggregation spec, ValueType valueType, Window window) {
    // Java 17 has no switch over sealed types: a test sees to it that no aggregation is forgotten.
    if (spec instanceof Aggregation.Count) {
      return new Aggregate<>("count", new CountAlgebra(), (a, at) -> a.count, ValueType.LONG);
    } else if (spec instanceof Aggregation.Rate rate) {
      return rate(rate.unitMs(), window);
    } else if (spec instanceof Aggregation.TimeSinceLast) {
      return new Aggregate<>("last_time", new LastTimeAlgebra(), new SinceLast(), ValueType.DOUBLE);
    } else if (spec instanceof Aggregation.DecayedCount decayed) {
      return decayed("decayed_count<", DecayedAlgebra.Term.ONE, decayed.halfLifeMs());
    } else if (valueType == null) {
      throw new IllegalArgumentException(name(spec) + " needs a value");
    }
    return ofNumbers(spec, valueType);
  }

  private static Aggregate<?> ofNumbers(Aggregation spec, ValueType type) {
    if (spec instanceof Aggregation.Sum) {
      return sum(numbers(spec, type));
    } else if (spec instanceof Aggregation.Mean) {
      return mean(numbers(spec, type));
    } else if (spec instanceof Aggregation.VarPop) {
      return variance(Variance.POPULATION, numbers(spec, type));
    } else if (spec instanceof Aggregation.VarSamp) {
      return variance(Variance.SAMPLE, numbers(spec, type));
    } else if (spec instanceof Aggregation.StddevPop) {
      return deviation(Variance.POPULATION, numbers(spec, type));
    } else if (spec instanceof Aggregation.StddevSamp) {
      return deviation(Variance.SAMPLE, numbers(spec, type));
    } else if (spec instanceof Aggregation.ApproxQuantile quantile) {
      return quantile(quantile.q(), numbers(spec, type));
    } else if (spec instanceof Aggregation.DecayedSum decayed) {
      String key = "decayed_sum<" + numbers(spec, type) + ",";
      return decayed(key, DecayedAlgebra.Term.VALUE, decayed.halfLifeMs());
    } else if (spec instanceof Aggregation.VectorMean mean) {
      return vectorMean(mean, type);
    }
    return ofScalars(spec, type);
  }

  private static Aggregate<?> ofScalars(Aggregation spec, ValueType type) {
    if (spec instanceof Aggregation.Min) {
      return extreme(ExtremeAlgebra.End.MIN, scalars(spec, type));
    } else if (spec instanceof Aggregation.Max) {
      return extreme(ExtremeAlgebra.End.MAX, scalars(spec, type));
    } else if (spec instanceof Aggregation.DistinctCount) {
      return multiset((a, at) -> (long) a.size(), type, ValueType.LONG);
    } else if (spec instanceof Aggregation.Mode) {
      Values order = Values.of(scalars(spec, type));
      return multiset((a, at) -> a.mode(order), type, type);
    } else if (spec instanceof Aggregation.TopK top) {
      Values order = Values.of(scalars(spec, type));
      int k = atLeastOne(top.k(), "top_k");
      return multiset((a, at) -> a.top(k, order), type, ValueType.listOf(type.scalar()));
    } else if (spec instanceof Aggregation.LastN last) {
      int n = atLeastOne(last.n(), "last_n");
      return lastN(n, scalars(spec, type));
    }
    return ofAny(spec, type);
  }

  private static Aggregate<?> ofAny(Aggregation spec, ValueType type) {
    if (spec instanceof Aggregation.First) {
      return edge(EdgeAlgebra.End.FIRST, type);
    } else if (spec instanceof Aggregation.Last) {
      return edge(EdgeAlgebra.End.LAST, type);
    } else if (spec instanceof Aggregation.ApproxDistinctCount) {
      DistinctAlgebra algebra = new DistinctAlgebra(Values.of(type));
      return new Aggregate<>(
          key("distinct", type), algebra, (a, at) -> a.estimate(), ValueType.LONG);
    }
    throw new IllegalArgumentException("there is no aggregate for " + spec);
  }

  private static Aggregate<?> rate(long unitMs, Window window) {
    if (!(window instanceof Window.Sliding sliding)) {
      throw new IllegalArgumentException("rate takes a tumbling or a sliding window");
    }
    long size = sliding.sizeMs();
    BigInteger unit = BigInteger.valueOf(unitMs);
    Finisher<CountAlgebra.Count> perUnit =
        (a, at) ->
            Math.multiplyHigh(a.count, unitMs) == 0 && a.count * unitMs >= 0
                ? Rounding.divide(a.count * unitMs, size)
                : Rounding.divide(
                    unit.multiply(BigInteger.valueOf(a.count)), BigInteger.valueOf(size), 0);
    return new Aggregate<>("count", new CountAlgebra(), perUnit, ValueType.DOUBLE);
  }

  private static Aggregate<?> decayed(String key, DecayedAlgebra.Term term, long halfLifeMs) {
    DecayedAlgebra algebra = new DecayedAlgebra(term, halfLifeMs);
    Decaying finisher = new Decaying(halfLifeMs);
    return new Aggregate<>(key + halfLifeMs + ">", algebra, finisher, ValueType.DOUBLE);
  }

  private static Aggregate<?> sum(ValueType type) {
    return type.scalar() == Scalar.LONG
        ? new Aggregate<>(key("sum", type), new LongSumAlgebra(), (a, at) -> a.sum(), type)
        : new Aggregate<>(key("sum", type), new DoubleSumAlgebra(), (a, at) -> a.sum(), type);
  }

  private static Aggregate<?> mean(ValueType type) {
    ValueType result = ValueType.DOUBLE;
    return type.scalar() == Scalar.LONG
        ? new Aggregate<>(key("sum", type), new LongSumAlgebra(), (a, at) -> a.mean(), result)
        : new Aggregate<>(key("sum", type), new DoubleSumAlgebra(), (a, at) -> a.mean(), result);
  }

  private static Aggregate<?> variance(Variance of, ValueType type) {
    return type.scalar() == Scalar.LONG
        ? moments(new LongMomentsAlgebra(), (a, at) -> a.variance(of), type)
        : moments(new DoubleMomentsAlgebra(), (a, at) -> a.variance(of), type);
  }

  private static Aggregate<?> deviation(Variance of, ValueType type) {
    return type.scalar() == Scalar.LONG
        ? moments(new LongMomentsAlgebra(), (a, at) -> root(a.variance(of)), type)
        : moments(new DoubleMomentsAlgebra(), (a, at) -> root(a.variance(of)), type);
  }

  private static Double root(Double variance) {
    return variance == null ? null : Double.valueOf(Math.sqrt(variance));
  }

  private static <A> Aggregate<A> moments(Algebra<A> algebra, Finisher<A> finisher, ValueType of) {
    return new Aggregate<>(key("moments", of), algebra, finisher, ValueType.DOUBLE);
  }

  private static Aggregate<?> quantile(double q, ValueType type) {
    if (!(q >= 0 && q <= 1)) {
      throw new IllegalArgumentException("approx_quantile takes a q from 0 to 1, not " + q);
    }
    Finisher<QuantileSketch> finisher =
        type.scalar() == Scalar.LONG ? (a, at) -> a.quantileOfLongs(q) : (a, at) -> a.quantile(q);
    return new Aggregate<>(key("quantiles", type), new QuantileAlgebra(), finisher, type);
  }

  private static Aggregate<?> vectorMean(Aggregation.VectorMean mean, ValueType type) {
    if (!type.list() || !new ValueType(type.scalar(), false).isNumber()) {
      throw new IllegalArgumentException("vector_mean takes lists of numbers, not " + type);
    }
    return new Aggregate<>(
        "sum<" + type + "," + mean.n() + ">",
        new VectorSumAlgebra(atLeastOne(mean.n(), "vector_mean")),
        (a, at) -> a.mean(),
        ValueType.listOf(Scalar.DOUBLE));
  }

  private static Aggregate<?> extreme(ExtremeAlgebra.End end, ValueType type) {
    ExtremeAlgebra algebra = new ExtremeAlgebra(end, Values.of(type));
    return new Aggregate<>(key(lower(end), type), algebra, (a, at) -> a.value(), type);
  }

  private static Aggregate<?> edge(EdgeAlgebra.End end, ValueType type) {
    EdgeAlgebra algebra = new EdgeAlgebra(end, Values.of(type));
    return new Aggregate<>(key(lower(end), type), algebra, (a, at) -> a.value(), type);
  }

  private static Aggregate<?> multiset(Finisher<Multiset> finisher, ValueType of, ValueType type) {
    MultisetAlgebra algebra = new MultisetAlgebra(Values.of(of));
    return new Aggregate<>(key("multiset", of), algebra, finisher, type);
  }

  private static Aggregate<?> lastN(int n, ValueType type) {
    LastNAlgebra algebra = new LastNAlgebra(n, Values.of(type));
    return new Aggregate<>(
        "last_n<" + type + "," + n + ">",
        algebra,
        (a, at) -> a.newestFirst(),
        ValueType.listOf(type.scalar()));
  }

  private static String key(String algebra, ValueType type) {
    return algebra + "<" + type + ">";
  }

  private static ValueType numbers(Aggregation spec, ValueType type) {
    if (!type.isNumber()) {
      throw new IllegalArgumentException(name(spec) + " takes numbers, not " + type);
    }
    return type;
  }

  private static ValueType scalars(Aggregation spec, ValueType type) {
    if (type.list()) {
      throw new IllegalArgumentException(
          name(spec) + " takes numbers, strings or booleans, not " + type);
    }
    return type;
  }

  private static int atLeastOne(int size, String name) {
    if (size < 1) {
      throw new IllegalArgumentException(name + " takes a size of at least 1, not " + size);
    }
    return size;
  }

  /** The name in definitions, e.g. {@code stddev_pop}. */
  private static String name(Aggregation spec) {
    return spec.getClass()
        .getSimpleName()
        .replaceAll("(?<=.)([A-Z])", "_$1")
        .toLowerCase(Locale.ROOT);
  }

  private static String lower(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
