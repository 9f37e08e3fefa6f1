package io.plumbline.timeline;

import io.plumbline.aggregate.Moment;

/** The tiles of one grid and the windows over them. */
final class GridState {
  private final TimelinePlan.GridPlan plan;
  private final TimelinePlan.Slot[] slots;
  private final TileView[] views;
  final Tiles tiles = new Tiles();

  GridState(TimelinePlan.GridPlan plan, long latenessMs, long lagMs) {
    this.plan = plan;
    this.slots = plan.slots().toArray(TimelinePlan.Slot[]::new);
    this.views = new TileView[plan.views().size()];
    for (int i = 0; i < views.length; i++) {
      TimelinePlan.ViewPlan view = plan.views().get(i);
      views[i] = TileView.of(view, slots[view.slot()].algebra(), plan.grid(), latenessMs, lagMs);
    }
  }

  long tileOf(Moment moment) {
    return plan.grid().tileOf(moment.eventTime());
  }

  /** Whether an event with these values adds anything. */
  boolean takes(Object[] values) {
    for (TimelinePlan.Slot slot : slots) {
      if (values[slot.input()] != null) {
        return true;
      }
    }
    return false;
  }

  /** The accumulators of a tile as a copy; null if it is empty. */
  Object[] copyOf(long number) {
    Object[] tile = tiles.find(number);
    Object[] copy = tile == null ? null : new Object[tile.length];
    for (int i = 0; tile != null && i < tile.length; i++) {
      copy[i] = tile[i] == null ? null : slots[i].algebra().copy(tile[i]);
    }
    return copy;
  }

  void add(Object[] values, Moment moment) {
    long number = tileOf(moment);
    Object[] tile = null;
    for (int i = 0; i < slots.length; i++) {
      TimelinePlan.Slot slot = slots[i];
      Object value = values[slot.input()];
      if (value != null) {
        if (tile == null) {
          tile = tiles.at(number, slots.length);
        }
        Object accumulator = tile[i] == null ? slot.algebra().zero() : tile[i];
        tile[i] = slot.algebra().add(accumulator, value, moment);
      }
    }
    if (tile != null) {
      for (TileView view : views) {
        Object value = values[slots[view.plan.slot()].input()];
        if (value != null) {
          view.added(number, value, moment);
        }
      }
    }
  }

  void read(Object[] values, Reading reading) {
    Object[] shown = new Object[views.length];
    for (int i = 0; i < views.length; i++) {
      shown[i] = views[i].show(tiles, reading.time(), reading.settled());
    }
    for (TimelinePlan.Read read : plan.reads()) {
      if (shown[read.from()] != null) {
        values[read.feature()] = reading.finish(read.finisher(), shown[read.from()]);
      }
    }
  }

  void prune(long time) {
    if (tiles.size() == 0) {
      return;
    }
    long needed = firstNeeded(time);
    if (tiles.number(0) < needed) {
      for (TileView view : views) {
        view.retire(tiles, time);
      }
      tiles.dropBefore(needed);
    }
  }

  /** The first tile that any view can show at {@code time} or later. */
  private long firstNeeded(long time) {
    long needed = Long.MAX_VALUE;
    for (TileView view : views) {
      needed = Math.min(needed, view.firstAt(time));
    }
    return needed;
  }

  /** From when on closed windows can show a tile. */
  long closesAt(long tile) {
    long first = Long.MAX_VALUE;
    for (TileView view : views) {
      first = Math.min(first, view.closedAt(tile));
    }
    return first;
  }

  /** As {@link SourceState#nextChange}. */
  long nextChange(long time) {
    if (tiles.size() == 0) {
      return Long.MAX_VALUE;
    }
    if (tiles.number(0) < firstNeeded(time)) {
      return time;
    }
    long next = Long.MAX_VALUE;
    for (TileView view : views) {
      next = Math.min(next, view.nextChange(tiles, time));
    }
    return next;
  }
}
