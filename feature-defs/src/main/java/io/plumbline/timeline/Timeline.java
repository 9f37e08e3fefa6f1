package io.plumbline.timeline;

import io.plumbline.aggregate.Algebra;
import io.plumbline.aggregate.Moment;

/**
 * The whole truth about the feature values of one entity key: fed with admitted events in whatever
 * order they arrive, it answers what every feature was at a time, from exactly the events that were
 * known by then.
 *
 * <p>Events wait as <em>pending</em> until knowledge time has passed them, and are then folded into
 * tiles, sessions and lifetime accumulators. An answer at {@code t} folds what is known by {@code
 * t} and nothing more, so questions are to be asked in order of time, and an event that becomes
 * known at {@code t} is to be added before the question at {@code t} or later is asked.
 *
 * <p>Not thread-safe.
 */
public final class Timeline {
  final TimelinePlan plan;
  final PendingEvents pending = new PendingEvents();
  final SourceState[] sources;

  /** An empty timeline. */
  public Timeline(TimelinePlan plan) {
    this.plan = plan;
    this.sources = new SourceState[plan.sources().size()];
    for (int i = 0; i < sources.length; i++) {
      sources[i] = new SourceState(plan.sources().get(i));
    }
  }

  /** Adds an event; it may be known already, and counts from the next answer on. */
  public void add(Event event) {
    pending.add(event);
  }

  /** Number of events not yet folded. */
  public int pending() {
    return pending.size();
  }

  /** When the first pending event becomes known; {@code Long.MAX_VALUE} if there is none. */
  public long firstPending() {
    return pending.firstKnown();
  }

  /**
   * Folds every event that is known by {@code time}, and forgets what no feature can show after it.
   */
  public void settle(long time) {
    for (Event event = pending.pollKnown(time); event != null; event = pending.pollKnown(time)) {
      sources[event.source()].fold(event);
    }
    for (SourceState source : sources) {
      source.prune(time);
    }
  }

  /**
   * The features' values at {@code time}, in the plan's order, from the events known by then; null
   * where a feature has no value. Settles up to {@code time}.
   *
   * @param time epoch ms, not before an earlier call's
   */
  public Object[] valuesAt(long time) {
    settle(time);
    Object[] values = new Object[plan.features().size()];
    for (SourceState source : sources) {
      source.read(values, time);
    }
    return values;
  }

  /** Whether nothing is remembered: such a timeline equals a new one. */
  public boolean isEmpty() {
    if (pending.size() > 0) {
      return false;
    }
    for (SourceState source : sources) {
      if (!source.isEmpty()) {
        return false;
      }
    }
    return true;
  }

  /** What is kept of one source's events. */
  static final class SourceState {
    final TimelinePlan.SourcePlan plan;
    final GridState[] grids;
    final Sessions[] sessions;
    final Object[] lifetime;

    SourceState(TimelinePlan.SourcePlan plan) {
      this.plan = plan;
      long latenessMs = plan.source().latenessMs();
      this.grids = new GridState[plan.grids().size()];
      for (int i = 0; i < grids.length; i++) {
        grids[i] = new GridState(plan.grids().get(i), latenessMs, plan.lagMs());
      }
      this.sessions = new Sessions[plan.sessions().size()];
      for (int i = 0; i < sessions.length; i++) {
        sessions[i] = new Sessions(plan.sessions().get(i), latenessMs);
      }
      this.lifetime = new Object[plan.lifetime().slots().size()];
    }

    void fold(Event event) {
      Object[] values = event.values();
      Moment moment = event.moment();
      for (GridState grid : grids) {
        grid.add(values, moment);
      }
      for (int i = 0; i < sessions.length; i++) {
        Object value = values[plan.sessions().get(i).input()];
        if (value != null) {
          sessions[i].add(value, moment);
        }
      }
      for (int i = 0; i < lifetime.length; i++) {
        TimelinePlan.Slot slot = plan.lifetime().slots().get(i);
        Object value = values[slot.input()];
        if (value != null) {
          Object accumulator = lifetime[i] == null ? slot.algebra().zero() : lifetime[i];
          lifetime[i] = slot.algebra().add(accumulator, value, moment);
        }
      }
    }

    void read(Object[] values, long time) {
      for (GridState grid : grids) {
        grid.read(values, time);
      }
      for (Sessions group : sessions) {
        group.read(values, time);
      }
      for (TimelinePlan.Read read : plan.lifetime().reads()) {
        Object accumulator = lifetime[read.from()];
        Algebra<Object> algebra = plan.lifetime().slots().get(read.from()).algebra();
        if (accumulator != null && !algebra.isEmpty(accumulator)) {
          values[read.feature()] = read.finisher().finish(accumulator, time);
        }
      }
    }

    void prune(long time) {
      for (GridState grid : grids) {
        grid.prune(time);
      }
      for (Sessions group : sessions) {
        group.prune(time);
      }
    }

    boolean isEmpty() {
      for (GridState grid : grids) {
        if (grid.tiles.size() > 0) {
          return false;
        }
      }
      for (Sessions group : sessions) {
        if (!group.sessions.isEmpty()) {
          return false;
        }
      }
      for (Object accumulator : lifetime) {
        if (accumulator != null) {
          return false;
        }
      }
      return true;
    }
  }

  /** The tiles of one grid and the windows over them. */
  static final class GridState {
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

    void add(Object[] values, Moment moment) {
      long number = plan.grid().tileOf(moment.eventTime());
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

    void read(Object[] values, long time) {
      Object[] shown = new Object[views.length];
      for (int i = 0; i < views.length; i++) {
        shown[i] = views[i].show(tiles, time);
      }
      for (TimelinePlan.Read read : plan.reads()) {
        if (shown[read.from()] != null) {
          values[read.feature()] = read.finisher().finish(shown[read.from()], time);
        }
      }
    }

    void prune(long time) {
      if (tiles.size() == 0) {
        return;
      }
      long needed = Long.MAX_VALUE;
      for (TileView view : views) {
        needed = Math.min(needed, view.firstAt(time));
      }
      if (tiles.number(0) < needed) {
        for (TileView view : views) {
          view.retire(tiles, time);
        }
        tiles.dropBefore(needed);
      }
    }
  }
}
