package io.plumbline.timeline;

import io.plumbline.aggregate.Algebra;
import io.plumbline.aggregate.Moment;

/** What is kept of one source's events. */
final class SourceState {
  final TimelinePlan.SourcePlan plan;
  final GridState[] grids;
  final Sessions[] sessions;
  final Object[] lifetime;

  SourceState(TimelinePlan.SourcePlan plan) {
    this.plan = plan;
    long latenessMs = plan.source().latenessMs();
    this.grids = new GridState[plan.grids().size()];
    for (int i = 0; i < grids.length; i++) {
      grids[i] = new GridState(plan.grids().get(i), plan.lagMs());
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
      grid.add(grid.tileOf(moment), values, moment);
    }
    foldBeside(values, moment);
  }

  /** Folds an event into all but tiles. */
  void foldBeside(Object[] values, Moment moment) {
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

  void read(Object[] values, Reading reading) {
    for (GridState grid : grids) {
      grid.read(values, reading);
    }
    for (Sessions group : sessions) {
      group.read(values, reading);
    }
    for (TimelinePlan.Read read : plan.lifetime().reads()) {
      Object accumulator = lifetime[read.from()];
      Algebra<Object> algebra = plan.lifetime().slots().get(read.from()).algebra();
      if (accumulator != null && !algebra.isEmpty(accumulator)) {
        values[read.feature()] = reading.finish(read.finisher(), accumulator);
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

  /**
   * When next a value changes or something can be forgotten without an event, epoch ms; a time that
   * is not after {@code time} if something can be forgotten already, {@code Long.MAX_VALUE} if
   * never.
   */
  long nextChange(long time) {
    long next = Long.MAX_VALUE;
    for (GridState grid : grids) {
      next = Math.min(next, grid.nextChange(time));
    }
    for (Sessions group : sessions) {
      next = Math.min(next, group.nextChange(time));
    }
    return next;
  }

  /** When first a closed window can show an event; {@code Long.MAX_VALUE} if none ever does. */
  long closesAt(Event event) {
    Object[] values = event.values();
    long first = Long.MAX_VALUE;
    for (GridState grid : grids) {
      if (grid.takes(values)) {
        first = Math.min(first, grid.closesAt(grid.tileOf(event.moment())));
      }
    }
    for (int i = 0; i < sessions.length; i++) {
      if (values[plan.sessions().get(i).input()] != null) {
        first = Math.min(first, sessions[i].closesAt(event.moment().eventTime()));
      }
    }
    return first;
  }

  int tiles() {
    int size = 0;
    for (GridState grid : grids) {
      size += grid.tiles.size();
    }
    return size;
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
