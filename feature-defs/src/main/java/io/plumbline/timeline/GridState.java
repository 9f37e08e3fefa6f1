package io.plumbline.timeline;

import io.plumbline.aggregate.Moment;

/** The tiles of one grid and the windows over them. */
final class GridState {
  private final TimelinePlan.GridPlan plan;
  private final TileWindow[] windows;
  final Tiles tiles = new Tiles();

  GridState(TimelinePlan.GridPlan plan, long lagMs) {
    this.plan = plan;
    this.windows = new TileWindow[plan.windows().size()];
    for (int i = 0; i < windows.length; i++) {
      windows[i] = new TileWindow(plan.windows().get(i), plan, lagMs);
    }
  }

  long tileOf(Moment moment) {
    return plan.grid().tileOf(moment.eventTime());
  }

  /** Whether an event with these values adds anything. */
  boolean takes(Object[] values) {
    for (TimelinePlan.Slot slot : plan.slots()) {
      if (values[slot.input()] != null) {
        return true;
      }
    }
    return false;
  }

  /** Makes a tile's accumulators, if there are any, this state's own. */
  void own(long number) {
    Object[] tile = tiles.find(number);
    if (tile != null) {
      Object[] copy = new Object[tile.length];
      for (int i = 0; i < tile.length; i++) {
        copy[i] = tile[i] == null ? null : plan.slots().get(i).algebra().copy(tile[i]);
      }
      tiles.replace(number, copy);
    }
  }

  /** Adds an event to its tile and to the windows. */
  void add(long number, Object[] values, Moment moment) {
    Object[] tile = null;
    for (int i = 0; i < plan.slots().size(); i++) {
      TimelinePlan.Slot slot = plan.slots().get(i);
      Object value = values[slot.input()];
      if (value != null) {
        if (tile == null) {
          tile = tiles.at(number, plan.slots().size());
        }
        Object accumulator = tile[i] == null ? slot.algebra().zero() : tile[i];
        tile[i] = slot.algebra().add(accumulator, value, moment);
      }
    }
    if (tile != null) {
      for (TileWindow window : windows) {
        window.added(number, values, moment);
      }
    }
  }

  void read(Object[] values, Reading reading) {
    Object[] shown = new Object[plan.views().size()];
    for (TileWindow window : windows) {
      window.show(tiles, reading.time(), reading.settled(), shown);
    }
    for (TimelinePlan.Read read : plan.reads()) {
      if (shown[read.from()] != null) {
        values[read.feature()] = reading.finish(read.finisher(), shown[read.from()]);
      }
    }
  }

  void prune(long time) {
    if (tiles.size() == 0 || forgottenAt(tiles.number(0)) > time) {
      return;
    }
    for (TileWindow window : windows) {
      window.retire(tiles, time);
    }
    long needed = Long.MAX_VALUE;
    for (TimelinePlan.WindowPlan window : plan.windows()) {
      needed = Math.min(needed, window.span().firstAt(time));
    }
    tiles.dropBefore(needed);
  }

  /** From when on no window can show a tile. */
  private long forgottenAt(long tile) {
    long last = Long.MIN_VALUE;
    for (TimelinePlan.WindowPlan window : plan.windows()) {
      last = Math.max(last, window.span().leavesAt(tile));
    }
    return last;
  }

  /** From when on closed windows can show a tile. */
  long closesAt(long tile) {
    long first = Long.MAX_VALUE;
    for (TimelinePlan.WindowPlan window : plan.windows()) {
      first = Math.min(first, window.span().closesAt(tile));
    }
    return first;
  }

  /** As {@link SourceState#nextChange}. */
  long nextChange(long time) {
    if (tiles.size() == 0) {
      return Long.MAX_VALUE;
    }
    if (forgottenAt(tiles.number(0)) <= time) {
      return time;
    }
    long next = Long.MAX_VALUE;
    for (TimelinePlan.WindowPlan window : plan.windows()) {
      next = Math.min(next, window.span().nextChange(tiles, time));
    }
    return next;
  }
}
