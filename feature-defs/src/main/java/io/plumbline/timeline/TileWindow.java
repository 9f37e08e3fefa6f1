package io.plumbline.timeline;

import io.plumbline.aggregate.Moment;

/**
 * The aggregates of all windows of one length, which move forward together over the tiles of a
 * grid. A cache: everything in it can be made again from the tiles.
 *
 * <p>The tiles from {@code first} up to {@code end} are in it. A live window has no end: events are
 * added as they come. A closed one takes whole tiles as they close.
 */
final class TileWindow {
  private final TimelinePlan.WindowPlan plan;
  private final TileView[] views;
  private boolean placed;
  private long first;
  private long end;

  TileWindow(TimelinePlan.WindowPlan plan, TimelinePlan.GridPlan grid, long lagMs) {
    this.plan = plan;
    this.views = new TileView[plan.slots().length];
    for (int i = 0; i < views.length; i++) {
      int slot = plan.slots()[i];
      views[i] = TileView.of(slot, grid.slots().get(slot).algebra(), grid.grid(), lagMs);
    }
  }

  /** Takes in an event that was just added to its tile. */
  void added(long tile, Object[] values, Moment moment) {
    if (placed && tile >= first && tile < end) {
      for (int i = 0; i < views.length; i++) {
        Object value = values[plan.inputs()[i]];
        if (value != null && views[i].made) {
          views[i].add(tile, value, moment);
        }
      }
    }
  }

  /**
   * Looks up what is shown at {@code time}: for each view its aggregate, not to be changed, good
   * until the next call; null if it is empty.
   *
   * @param settled up to when all that is known has come, epoch ms
   * @param shown where to put aggregates, at the places of the views in the grid's plan
   */
  void show(Tiles tiles, long time, long settled, Object[] shown) {
    moveTo(tiles, time, settled);
    for (int i = 0; i < views.length; i++) {
      shown[plan.views()[i]] = views[i].current();
    }
  }

  /** Moves on to where it is at {@code time}, if it was ever shown and is behind. */
  void retire(Tiles tiles, long time) {
    if (placed && first < plan.span().firstAt(time)) {
      moveTo(tiles, time, time);
    }
  }

  private void moveTo(Tiles tiles, long time, long settled) {
    long wantedFirst = plan.span().firstAt(time);
    long wantedEnd = plan.span().endAt(time);
    boolean anew = !placed || wantedFirst < first || wantedEnd < end || wantedFirst >= end;
    boolean stays = !anew && wantedFirst == first && wantedEnd == end;
    TileView.Move move = new TileView.Move(first, end, wantedFirst, wantedEnd, settled);
    for (TileView view : views) {
      if (anew || !view.made) {
        view.make(tiles, wantedFirst, wantedEnd, settled);
        view.made = true;
      } else if (!stays) {
        view.move(tiles, move);
      }
    }
    placed = true;
    first = wantedFirst;
    end = wantedEnd;
  }
}
