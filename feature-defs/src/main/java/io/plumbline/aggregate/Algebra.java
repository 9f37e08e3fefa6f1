package io.plumbline.aggregate;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * What is remembered of a set of values, and how two such memories become one: a commutative monoid
 * over accumulators of type {@code A}.
 *
 * <p>Laws, each checked for every algebra by one suite, where "equal" means that {@link #write}
 * gives equal bytes:
 *
 * <ul>
 *   <li>identity: {@code merge(a, zero())} equals {@code a}
 *   <li>{@code merge} is associative and commutative
 *   <li>any order of {@code add} and any tree of {@code merge} over the same values gives equal
 *       accumulators
 *   <li>{@code read(write(a))} equals {@code a}
 * </ul>
 *
 * <p>An accumulator belongs to its holder: {@code add} and {@code merge} may change and return
 * their first argument, never keep or change the second.
 *
 * @param <A> mutable accumulator
 */
public interface Algebra<A> {

  /** A new accumulator of no values. */
  A zero();

  /**
   * Adds one value.
   *
   * @param value of the type that the algebra was made for; {@code null} where the algebra needs
   *     none
   * @param at when the value happened, in the total order of events
   */
  A add(A accumulator, Object value, Moment at);

  /** Adds all that {@code other} holds. */
  A merge(A accumulator, A other);

  /** An accumulator equal to this one that shares nothing mutable with it. */
  A copy(A accumulator);

  /** Whether no value was added. */
  boolean isEmpty(A accumulator);

  /** Writes the canonical form: equal accumulators give equal bytes. */
  void write(A accumulator, DataOutput out) throws IOException;

  /** Reads what {@link #write} wrote. */
  A read(DataInput in) throws IOException;

  /** An algebra whose merge can be undone, bit by bit. */
  interface Invertible<A> extends Algebra<A> {
    /** Takes away what was merged before: {@code subtract(merge(a, b), b)} equals {@code a}. */
    A subtract(A accumulator, A part);
  }
}
