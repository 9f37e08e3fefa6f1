package io.plumbline.definition;

/** What a definition says about how the values of a window become one. */
public sealed interface Aggregation {
  record Count() implements Aggregation {}

  record Sum() implements Aggregation {}

  record Mean() implements Aggregation {}

  record Min() implements Aggregation {}

  record Max() implements Aggregation {}

  record VarPop() implements Aggregation {}

  record VarSamp() implements Aggregation {}

  record StddevPop() implements Aggregation {}

  record StddevSamp() implements Aggregation {}

  record First() implements Aggregation {}

  record Last() implements Aggregation {}

  /** The newest {@code n} values, newest first. */
  record LastN(int n) implements Aggregation {}

  record DistinctCount() implements Aggregation {}

  record Mode() implements Aggregation {}

  /** The {@code k} most frequent values, ties by the smaller value. */
  record TopK(int k) implements Aggregation {}

  /** Events per {@code unitMs} milliseconds of the window's size. */
  record Rate(long unitMs) implements Aggregation {}

  /** Seconds from the last event to the time asked about. */
  record TimeSinceLast() implements Aggregation {}

  /** Element-wise mean of vectors with {@code n} elements. */
  record VectorMean(int n) implements Aggregation {}

  /** The element at {@code floor(q * (count - 1))} of the sorted values, within 1% relative. */
  record ApproxQuantile(double q) implements Aggregation {}

  record ApproxDistinctCount() implements Aggregation {}

  /** Sum of values that halve every {@code halfLifeMs} milliseconds. */
  record DecayedSum(long halfLifeMs) implements Aggregation {}

  /** Number of events, each of which counts half after {@code halfLifeMs} milliseconds. */
  record DecayedCount(long halfLifeMs) implements Aggregation {}
}
