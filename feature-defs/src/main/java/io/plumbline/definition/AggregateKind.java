package io.plumbline.definition;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** What each aggregate takes, and what it gives. */
enum AggregateKind {
  COUNT(Aggregation.Count.class, Takes.ANYTHING, Gives.LONG, 0L),
  SUM(Aggregation.Sum.class, Takes.NUMBERS, Gives.VALUE, null),
  MEAN(Aggregation.Mean.class, Takes.NUMBERS, Gives.DOUBLE, null),
  MIN(Aggregation.Min.class, Takes.SCALARS, Gives.VALUE, null),
  MAX(Aggregation.Max.class, Takes.SCALARS, Gives.VALUE, null),
  VAR_POP(Aggregation.VarPop.class, Takes.NUMBERS, Gives.DOUBLE, null),
  VAR_SAMP(Aggregation.VarSamp.class, Takes.NUMBERS, Gives.DOUBLE, null),
  STDDEV_POP(Aggregation.StddevPop.class, Takes.NUMBERS, Gives.DOUBLE, null),
  STDDEV_SAMP(Aggregation.StddevSamp.class, Takes.NUMBERS, Gives.DOUBLE, null),
  FIRST(Aggregation.First.class, Takes.VALUES, Gives.VALUE, null),
  LAST(Aggregation.Last.class, Takes.VALUES, Gives.VALUE, null),
  LAST_N(Aggregation.LastN.class, Takes.SCALARS, Gives.LIST, null),
  DISTINCT_COUNT(Aggregation.DistinctCount.class, Takes.SCALARS, Gives.LONG, 0L),
  MODE(Aggregation.Mode.class, Takes.SCALARS, Gives.VALUE, null),
  TOP_K(Aggregation.TopK.class, Takes.SCALARS, Gives.LIST, null),
  RATE(Aggregation.Rate.class, Takes.ANYTHING, Gives.DOUBLE, 0.0),
  TIME_SINCE_LAST(Aggregation.TimeSinceLast.class, Takes.ANYTHING, Gives.DOUBLE, null),
  VECTOR_MEAN(Aggregation.VectorMean.class, Takes.VECTORS, Gives.VALUE, null),
  APPROX_QUANTILE(Aggregation.ApproxQuantile.class, Takes.NUMBERS, Gives.VALUE, null),
  APPROX_DISTINCT_COUNT(Aggregation.ApproxDistinctCount.class, Takes.SCALARS, Gives.LONG, 0L),
  DECAYED_SUM(Aggregation.DecayedSum.class, Takes.NUMBERS, Gives.DOUBLE, null),
  DECAYED_COUNT(Aggregation.DecayedCount.class, Takes.ANYTHING, Gives.DOUBLE, null);

  private enum Takes {
    ANYTHING("any value, or none"),
    NUMBERS("int or double"),
    SCALARS("int, double, string, bool or timestamp"),
    VALUES("any value"),
    VECTORS("a list of doubles or ints");

    private final String inWords;

    Takes(String inWords) {
      this.inWords = inWords;
    }

    private boolean accepts(ValueType type, boolean isTime) {
      return switch (this) {
        case ANYTHING, VALUES -> true;
        case NUMBERS -> type.isNumber() && !isTime;
        case SCALARS -> !type.list();
        case VECTORS -> type.list() && new ValueType(type.scalar(), false).isNumber() && !isTime;
      };
    }
  }

  private enum Gives {
    LONG,
    DOUBLE,
    VALUE,
    LIST
  }

  private final Class<? extends Aggregation> type;
  private final Takes takes;
  private final Gives gives;
  private final Object defaultValue;

  AggregateKind(Class<? extends Aggregation> type, Takes takes, Gives gives, Object defaultValue) {
    this.type = type;
    this.takes = takes;
    this.gives = gives;
    this.defaultValue = defaultValue;
  }

  static AggregateKind of(Aggregation aggregation) {
    return Stream.of(values())
        .filter(kind -> kind.type == aggregation.getClass())
        .findFirst()
        .orElseThrow();
  }

  /** As definitions write it. */
  String keyword() {
    return name().toLowerCase(Locale.ROOT);
  }

  static List<String> keywords() {
    return Stream.of(values()).map(AggregateKind::keyword).toList();
  }

  boolean needsValue() {
    return takes != Takes.ANYTHING;
  }

  boolean accepts(ValueType value, boolean isTime) {
    return takes.accepts(value, isTime);
  }

  /** What values it accepts, for people. */
  String accepted() {
    return takes.inWords;
  }

  /** The type in which it wants values of an accepted type: vectors are of doubles. */
  ValueType wanted(ValueType value) {
    return takes == Takes.VECTORS ? ValueType.listOf(ValueType.Scalar.DOUBLE) : value;
  }

  /**
   * Type of the feature.
   *
   * @param value type of the values; empty if there are none
   */
  ValueType result(Optional<ValueType> value) {
    return switch (gives) {
      case LONG -> ValueType.LONG;
      case DOUBLE -> ValueType.DOUBLE;
      case VALUE -> wanted(value.orElseThrow());
      case LIST -> ValueType.listOf(value.orElseThrow().scalar());
    };
  }

  /** The feature's value where there is none and the definition says nothing. */
  Optional<Object> defaultValue() {
    return Optional.ofNullable(defaultValue);
  }
}
