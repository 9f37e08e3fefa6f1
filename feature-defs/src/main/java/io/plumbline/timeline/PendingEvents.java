package io.plumbline.timeline;

import io.plumbline.aggregate.Moment;
import java.util.Arrays;

/** Events that wait to be folded, in the order in which they become known. */
final class PendingEvents {
  private Event[] events = new Event[4];
  private int head;
  private int end;

  int size() {
    return end - head;
  }

  Event get(int i) {
    return events[head + i];
  }

  /** Adds an event at its place; nearly always the last. */
  void add(Event event) {
    if (end == events.length) {
      makeRoom();
    }
    int i = end;
    while (i > head && before(event, events[i - 1])) {
      events[i] = events[i - 1];
      i--;
    }
    events[i] = event;
    end++;
  }

  private void makeRoom() {
    int size = end - head;
    Event[] to = size > events.length / 2 ? new Event[events.length * 2] : events;
    System.arraycopy(events, head, to, 0, size);
    if (to == events) {
      Arrays.fill(events, size, end, null);
    }
    events = to;
    head = 0;
    end = size;
  }

  private static boolean before(Event a, Event b) {
    return a.knownAt() < b.knownAt()
        || (a.knownAt() == b.knownAt() && a.moment().compareTo(b.moment()) < 0);
  }

  /** When the first event becomes known; {@code Long.MAX_VALUE} if there is none. */
  long firstKnown() {
    return head == end ? Long.MAX_VALUE : events[head].knownAt();
  }

  /** When the last event becomes known; there is one. */
  long lastKnown() {
    return events[end - 1].knownAt();
  }

  /** Takes out the event of the same source and record as {@code like}, if it is there. */
  boolean remove(Event like) {
    int i = indexOf(like);
    if (i < 0) {
      return false;
    }
    System.arraycopy(events, i + 1, events, i, end - i - 1);
    events[--end] = null;
    return true;
  }

  /** The event of the same source and record as {@code like}; null if it is not there. */
  Event find(Event like) {
    int i = indexOf(like);
    return i < 0 ? null : events[i];
  }

  private int indexOf(Event like) {
    for (int i = firstFrom(like.knownAt()); i < end && events[i].knownAt() == like.knownAt(); i++) {
      if (events[i].source() == like.source() && sameRecord(events[i].moment(), like.moment())) {
        return i;
      }
    }
    return -1;
  }

  private static boolean sameRecord(Moment a, Moment b) {
    return a.ingestedAt() == b.ingestedAt()
        && a.partition() == b.partition()
        && a.offset() == b.offset();
  }

  private int firstFrom(long knownAt) {
    int low = head;
    int high = end;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (events[middle].knownAt() < knownAt) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** Takes the first event if it is known by {@code time}; null otherwise. */
  Event pollKnown(long time) {
    if (head == end || events[head].knownAt() > time) {
      return null;
    }
    Event event = events[head];
    events[head++] = null;
    return event;
  }
}
