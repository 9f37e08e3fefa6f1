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

    /** Whether the accumulators belong to another session. */
    private boolean shared;

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

  /** The same sessions; accumulators are copied when they are first changed. */
  Sessions copy() {
    Sessions copy = new Sessions(plan, latenessMs);
    for (Session session : sessions) {
      Session twin = new Session(session.first, session.last, session.slots);
      twin.shared = true;
      copy.sessions.add(twin);
    }
    return copy;
  }

  private void own(Session session) {
    if (session.shared) {
      session.slots = session.slots.clone();
      for (int s = 0; s < session.slots.length; s++) {
        Algebra<Object> algebra = plan.slots().get(s).algebra();
        session.slots[s] = session.slots[s] == null ? null : algebra.copy(session.slots[s]);
      }
      session.shared = false;
    }
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
      own(into);
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
        own(from);
        into.slots[s] = from.slots[s];
      } else if (from.slots[s] != null) {
        into.slots[s] = algebra.merge(into.slots[s], from.slots[s]);
      }
    }
  }

  /** Writes the features' values; every session began by the time of the reading. */
  void read(Object[] values, Reading reading) {
    for (TimelinePlan.SessionRead read : plan.reads()) {
      Session shown =
          read.emit() == Emit.LIVE ? live(reading.time()) : closed(read, reading.time());
      if (shown != null && shown.slots[read.slot()] != null) {
        Algebra<Object> algebra = plan.slots().get(read.slot()).algebra();
        Object accumulator = shown.slots[read.slot()];
        if (!algebra.isEmpty(accumulator)) {
          values[read.feature()] = reading.finish(read.finisher(), accumulator);
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
    int closed = closedBy(time);
    return closed > 0 && time <= shownUntil(sessions.get(closed - 1), read)
        ? sessions.get(closed - 1)
        : null;
  }

  /** How many sessions are closed at {@code time}. */
  private int closedBy(long time) {
    int low = 0;
    int high = sessions.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (closesAt(sessions.get(middle)) <= time) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** The last time at which a closed session is shown if no other closes. */
  private long shownUntil(Session session, TimelinePlan.SessionRead read) {
    return read.retainMs().isEmpty()
        ? Long.MAX_VALUE
        : TileGrid.saturatedAdd(closesAt(session), read.retainMs().getAsLong());
  }

  /** The last time at which any feature shows a closed session if no other closes. */
  private long shownUntil(Session session) {
    long until = closesAt(session);
    for (TimelinePlan.SessionRead read : plan.reads()) {
      if (read.emit() == Emit.CLOSED) {
        until = Math.max(until, shownUntil(session, read));
      }
    }
    return until;
  }

  /** As {@link SourceState#nextChange}. */
  long nextChange(long time) {
    if (sessions.isEmpty()) {
      return Long.MAX_VALUE;
    }
    long next = forgottenAt();
    int closed = closedBy(time);
    if (showsClosed && closed < sessions.size()) {
      next = Math.min(next, closesAt(sessions.get(closed)));
    }
    for (TimelinePlan.SessionRead read : plan.reads()) {
      if (read.emit() == Emit.CLOSED && closed > 0) {
        next = Math.min(next, endAfter(shownUntil(sessions.get(closed - 1), read), time));
      } else if (read.emit() == Emit.LIVE) {
        long last = sessions.get(sessions.size() - 1).last;
        next = Math.min(next, endAfter(TileGrid.saturatedAdd(last, plan.gapMs()), time));
      }
    }
    return next;
  }

  /** When something is no longer shown that is shown until {@code until}, if that is to come. */
  private static long endAfter(long until, long time) {
    return until < time ? Long.MAX_VALUE : TileGrid.saturatedAdd(until, 1);
  }

  /** From when on the first session can be forgotten. */
  private long forgottenAt() {
    long until = shownUntil(sessions.get(0));
    if (sessions.size() > 1) {
      until = Math.min(until, closesAt(sessions.get(1)));
    }
    return TileGrid.saturatedAdd(until, 1);
  }

  private long closesAt(Session session) {
    return closesAt(session.last);
  }

  /** From when on a session is closed whose last event happened then. */
  long closesAt(long last) {
    return TileGrid.saturatedAdd(TileGrid.saturatedAdd(last, plan.gapMs()), latenessMs);
  }

  /** Forgets what cannot be shown after {@code time}. */
  void prune(long time) {
    int drop = 0;
    while (drop < sessions.size() && closesAt(sessions.get(drop)) < time) {
      drop++;
    }
    if (drop > 0 && time <= shownUntil(sessions.get(drop - 1))) {
      drop--;
    }
    if (drop > 0) {
      sessions.subList(0, drop).clear();
    }
  }
}
