package io.plumbline.timeline;

import java.util.Arrays;

/**
 * For tiles of which an own copy is held, how many pending events touch each, in order of time.
 * Events come nearly in order, so a tile is looked for from the newest back.
 */
final class Waits {
  private long[] tiles = new long[2];
  private int[] counts = new int[2];
  private int size;

  int size() {
    return size;
  }

  long tile(int i) {
    return tiles[i];
  }

  int count(int i) {
    return counts[i];
  }

  /**
   * Counts an event more.
   *
   * @return whether the tile was not held before
   */
  boolean add(long tile) {
    int i = size;
    while (i > 0 && tiles[i - 1] > tile) {
      i--;
    }
    if (i > 0 && tiles[i - 1] == tile) {
      counts[i - 1]++;
      return false;
    }
    if (size == tiles.length) {
      tiles = Arrays.copyOf(tiles, size * 2);
      counts = Arrays.copyOf(counts, size * 2);
    }
    System.arraycopy(tiles, i, tiles, i + 1, size - i);
    System.arraycopy(counts, i, counts, i + 1, size - i);
    tiles[i] = tile;
    counts[i] = 1;
    size++;
    return true;
  }

  /** Counts an event less; its tile is still held. */
  void less(long tile) {
    int i = size - 1;
    while (tiles[i] != tile) {
      i--;
    }
    counts[i]--;
  }

  void remove(int i) {
    size--;
    System.arraycopy(tiles, i + 1, tiles, i, size - i);
    System.arraycopy(counts, i + 1, counts, i, size - i);
  }
}
