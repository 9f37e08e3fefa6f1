package io.plumbline.jobs.feature;

/**
 * Tells which keys come often, from a few counts that fade: keys share a count where their hashes
 * meet, so a rare key may be taken for a popular one, never the other way round.
 */
final class Popularity {
  private static final int COUNTS = 1024;

  /** After so many events, counts fade by half. */
  private static final int FADE_AFTER = 4096;

  /** The count, of at most {@code 2 * FADE_AFTER}, from which on a key is popular. */
  private static final int POPULAR = 2 * FADE_AFTER / 32;

  private final int[] counts = new int[COUNTS];
  private int events;

  /** Counts an event of a key, and says whether that key has more than some 3 % of all events. */
  boolean isPopular(long hash) {
    if (++events == FADE_AFTER) {
      events = 0;
      for (int i = 0; i < COUNTS; i++) {
        counts[i] >>= 1;
      }
    }
    return ++counts[(int) (hash >>> 32) & COUNTS - 1] > POPULAR;
  }
}
