package io.plumbline.aggregate;

import io.plumbline.definition.ValueType;

/**
 * An aggregate made ready for a type of values: what to remember and how to finish.
 *
 * @param key names the algebra with its parameters, e.g. {@code sum<double>}: aggregates over the
 *     same values with equal keys share accumulators
 * @param algebra what is remembered
 * @param finisher how a value is made of it
 * @param type of the finished value
 */
public record Aggregate<A>(String key, Algebra<A> algebra, Finisher<A> finisher, ValueType type) {}
