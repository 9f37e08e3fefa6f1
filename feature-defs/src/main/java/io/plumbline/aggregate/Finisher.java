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

  /**
   * What is stored of the value at {@code at} for those who read it later: the value itself, unless
   * it is one of {@link ReadTime}. Arguments and null as in {@link #finish}.
   */
  default Object store(A accumulator, long at) {
    return finish(accumulator, at);
  }

  /**
   * A value that depends on the moment of reading: what is stored is what a reader needs to finish
   * it.
   *
   * @param <A> accumulator
   * @param <S> stored form
   */
  interface ReadTime<A, S> extends Finisher<A> {
    @Override
    S store(A accumulator, long at);

    /**
     * The value when it is read.
     *
     * @param stored what {@link #store} gave, not null
     * @param time of reading, epoch ms
     * @return the value, or null where it is undefined
     */
    Object valueAt(S stored, long time);

    @Override
    default Object finish(A accumulator, long at) {
      S stored = store(accumulator, at);
      return stored == null ? null : valueAt(stored, at);
    }
  }
}
