package io.plumbline.timeline;

import io.plumbline.aggregate.Algebra;
import io.plumbline.aggregate.Moment;
import io.plumbline.definition.Emit;
import io.plumbline.time.TileGrid;
import java.util.ArrayList;
import java.util.List;

/** The sessions of one input that can still be shown, in order of time. */
final class Sessions {

  /** A run of events; {@code first} and {@code last} are the event times at its ends. */
  static final class Session {
    long first;
    long last;
    Object[] slots;

    Session(long first, long last, Object[] slots) {
      this.first = first;
      this.last = last;
      this.slots = slots;
    }
  }

  private final TimelinePlan.SessionPlan plan;
  private final boolean showsClosed;
  private final long latenessMs;
  final List<Session> sessions = new ArrayList<>(2);

  Sessions(TimelinePlan.SessionPlan plan, long latenessMs) {
    this.plan = plan;
    this.showsClosed = plan.showsClosed();
    this.latenessMs = latenessMs;
  }

  /** Adds an event, joining the sessions that it brings within a gap of one another. */
  void add(Object value, Moment moment) {
    long time = moment.eventTime();
    int i = sessions.size();
    while (i > 0 && apart(time, sessions.get(i - 1).first)) {
      i--;
    }
    Session into;
    if (i > 0 && !apart(sessions.get(i - 1).last, time)) {
      into = sessions.get(i - 1);
      into.first = Math.min(into.first, time);
      into.last = Math.max(into.last, time);
      while (i > 1 && !apart(sessions.get(i - 2).last, into.first)) {
        join(sessions.get(i - 2), into);
        sessions.remove(i-- - 2);
      }
    } else {
      into = new Session(time, time, new Object[plan.slots().size()]);
      sessions.add(i, into);
    }
    for (int s = 0; s < into.slots.length; s++) {
      Algebra<Object> algebra = plan.slots().get(s).algebra();
      Object accumulator = into.slots[s] == null ? algebra.zero() : into.slots[s];
      into.slots[s] = algebra.add(accumulator, value, moment);
    }
  }

  /** Whether {@code later} is more than a gap after {@code earlier}. */
  private boolean apart(long earlier, long later) {
    return later > TileGrid.saturatedAdd(earlier, plan.gapMs());
  }

  private void join(Session from, Session into) {
    into.first = Math.min(into.first, from.first);
    into.last = Math.max(into.last, from.last);
    for (int s = 0; s < into.slots.length; s++) {
      Algebra<Object> algebra = plan.slots().get(s).algebra();
      if (into.slots[s] == null) {
        into.slots[s] = from.slots[s];
      } else if (from.slots[s] != null) {
        into.slots[s] = algebra.merge(into.slots[s], from.slots[s]);
      }
    }
  }

  /** Writes the features' values at {@code time}; every session began by then. */
  void read(Object[] values, long time) {
    for (TimelinePlan.SessionRead read : plan.reads()) {
      Session shown = read.emit() == Emit.LIVE ? live(time) : closed(read, time);
      if (shown != null && shown.slots[read.slot()] != null) {
        Algebra<Object> algebra = plan.slots().get(read.slot()).algebra();
        Object accumulator = shown.slots[read.slot()];
        if (!algebra.isEmpty(accumulator)) {
          values[read.feature()] = read.finisher().finish(accumulator, time);
        }
      }
    }
  }

  private Session live(long time) {
    if (sessions.isEmpty()) {
      return null;
    }
    Session newest = sessions.get(sessions.size() - 1);
    return apart(newest.last, time) ? null : newest;
  }

  private Session closed(TimelinePlan.SessionRead read, long time) {
    for (int i = sessions.size() - 1; i >= 0; i--) {
      long closesAt = closesAt(sessions.get(i));
      if (closesAt <= time) {
        boolean kept =
            read.retainMs().isEmpty()
                || time <= TileGrid.saturatedAdd(closesAt, read.retainMs().getAsLong());
        return kept ? sessions.get(i) : null;
      }
    }
    return null;
  }

  private long closesAt(Session session) {
    return TileGrid.saturatedAdd(TileGrid.saturatedAdd(session.last, plan.gapMs()), latenessMs);
  }

  /** Forgets what cannot be shown after {@code time}. */
  void prune(long time) {
    int drop = 0;
    while (drop < sessions.size() && closesAt(sessions.get(drop)) < time) {
      drop++;
    }
    if (drop > 0 && showsClosed && !outlived(sessions.get(drop - 1), time)) {
      drop--;
    }
    if (drop > 0) {
      sessions.subList(0, drop).clear();
    }
  }

  private boolean outlived(Session session, long time) {
    for (TimelinePlan.SessionRead read : plan.reads()) {
      if (read.emit() == Emit.CLOSED
          && (read.retainMs().isEmpty()
              || time <= TileGrid.saturatedAdd(closesAt(session), read.retainMs().getAsLong()))) {
        return false;
      }
    }
    return true;
  }
}
