package io.plumbline.aggregate;

/**
 * Turns an accumulator into a feature's value.
 *
 * @param <A> accumulator
 */
@FunctionalInterface
public interface Finisher<A> {
  /**
   * @param accumulator not empty; not changed
   * @param at the time asked about, epoch ms, not before any event in the accumulator
   * @return the value, of the feature's type, or null where it is undefined
   */
  Object finish(A accumulator, long at);
}
