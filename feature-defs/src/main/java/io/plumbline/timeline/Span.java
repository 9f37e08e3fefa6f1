package io.plumbline.timeline;

import io.plumbline.definition.Emit;
import io.plumbline.time.TileGrid;

/**
 * Where a window of some length stands over the tiles of a grid.
 *
 * @param tiles length
 * @param emit whether what is shown goes up to now, or up to where windows are closed
 */
record Span(TileGrid grid, long tiles, Emit emit, long latenessMs) {

  /** First tile that can be shown at {@code time} or later. */
  long firstAt(long time) {
    return emit == Emit.LIVE
        ? grid.liveFirst(time, tiles)
        : TileGrid.saturatedSubtract(grid.closedEnd(time, latenessMs), tiles);
  }

  /** The tile after those shown at {@code time}; a live window has no end. */
  long endAt(long time) {
    return emit == Emit.LIVE ? Long.MAX_VALUE : grid.closedEnd(time, latenessMs);
  }

  /** From when on a tile is no longer shown. */
  long leavesAt(long tile) {
    long past = TileGrid.saturatedAdd(tile, tiles);
    return emit == Emit.LIVE ? grid.startOf(past) : closesAt(past);
  }

  /** From when on a closed window can show a tile. */
  long closesAt(long tile) {
    return TileGrid.saturatedAdd(grid.startOf(TileGrid.saturatedAdd(tile, 1)), latenessMs);
  }

  /** When what is shown next changes without an event; {@code Long.MAX_VALUE} if never. */
  long nextChange(Tiles kept, long time) {
    long end = endAt(time);
    long next = Long.MAX_VALUE;
    int shown = kept.firstFrom(firstAt(time));
    if (shown < kept.size() && kept.number(shown) < end) {
      next = leavesAt(kept.number(shown));
    }
    int coming = emit == Emit.LIVE ? kept.size() : kept.firstFrom(end);
    return coming < kept.size() ? Math.min(next, closesAt(kept.number(coming))) : next;
  }
}
