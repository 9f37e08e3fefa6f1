package io.plumbline.time;

/**
 * Time cut into tiles {@code [n * slide + offset, (n + 1) * slide + offset)}, numbered from the
 * epoch; windows whose size is a multiple of the slide are runs of tiles.
 *
 * @param slideMs length of a tile, positive
 * @param offsetMs {@code 0 <= offsetMs < slideMs}
 */
public record TileGrid(long slideMs, long offsetMs) {

  /** Number of the tile that holds the time; right also at {@code Long.MIN_VALUE} and MAX. */
  public long tileOf(long time) {
    long n = Math.floorDiv(time, slideMs);
    return time - n * slideMs < offsetMs ? n - 1 : n;
  }

  /** When a tile begins, or the nearest long. */
  public long startOf(long tile) {
    long start = tile * slideMs;
    if (Math.multiplyHigh(tile, slideMs) != start >> 63) {
      return tile < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
    return saturatedAdd(start, offsetMs);
  }

  /** First tile of the live window of {@code tiles} tiles at a time: the window that ends next. */
  public long liveFirst(long time, long tiles) {
    return saturatedSubtract(tileOf(time), tiles - 1);
  }

  /**
   * The tile after the last closed window at a time: windows that end where this tile starts, or
   * before, can no longer change.
   *
   * @param latenessMs how late an event may be
   */
  public long closedEnd(long time, long latenessMs) {
    return tileOf(saturatedSubtract(time, latenessMs));
  }

  /** {@code a - b}, or the nearest long; b not negative. */
  public static long saturatedSubtract(long a, long b) {
    long r = a - b;
    return r > a ? Long.MIN_VALUE : r;
  }

  /** {@code a + b}, or the nearest long; b not negative. */
  public static long saturatedAdd(long a, long b) {
    long r = a + b;
    return r < a ? Long.MAX_VALUE : r;
  }
}
