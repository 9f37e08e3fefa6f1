package io.plumbline.bench.alternatives;

import io.plumbline.aggregate.Algebra;

/** The accumulators of the newest tiles, each where its number says; older ones are overwritten. */
final class TileRing {
  private final long[] numbers;
  private final Object[] accumulators;
  private final int mask;

  /**
   * @param tiles that are kept at least, counted from the newest
   */
  TileRing(long tiles) {
    int capacity = Integer.highestOneBit(Math.toIntExact(tiles) * 2 - 1);
    numbers = new long[capacity];
    accumulators = new Object[capacity];
    mask = capacity - 1;
  }

  /** The accumulator of a tile; null if it is empty. */
  Object get(long tile) {
    int i = (int) tile & mask;
    return numbers[i] == tile ? accumulators[i] : null;
  }

  void put(long tile, Object accumulator) {
    int i = (int) tile & mask;
    numbers[i] = tile;
    accumulators[i] = accumulator;
  }

  /** The accumulator of a tile, made where there is none. */
  Object at(long tile, Algebra<Object> algebra) {
    Object accumulator = get(tile);
    return accumulator == null ? algebra.zero() : accumulator;
  }
}
