package io.plumbline.timeline;

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
