package io.plumbline.jobs.redis;

import java.util.ArrayDeque;
import java.util.Deque;

/** What is to happen when everything before it is written. */
final class Milestones {
  private final Deque<Stretch> stretches = new ArrayDeque<>();

  Milestones() {
    stretches.add(new Stretch());
  }

  /** Something to happen; a later one may stand for an earlier one. */
  interface Milestone {
    void reached();

    /** Whether nothing is lost if only this happens and not {@code earlier}. */
    boolean covers(Milestone earlier);
  }

  /** What lies between two milestones. */
  static final class Stretch {
    private int open;
    private Milestone end;

    void leave() {
      open--;
    }
  }

  /** Puts an item into the current stretch. */
  Stretch enter() {
    Stretch current = stretches.getLast();
    current.open++;
    return current;
  }

  void add(Milestone milestone) {
    Stretch current = stretches.removeLast();
    Stretch before = stretches.peekLast();
    if (current.open == 0 && before != null && milestone.covers(before.end)) {
      before.end = milestone;
      stretches.add(current);
    } else {
      current.end = milestone;
      stretches.add(current);
      stretches.add(new Stretch());
    }
    pass();
  }

  /** Lets everything happen that may. */
  void pass() {
    while (stretches.getFirst().open == 0 && stretches.getFirst().end != null) {
      stretches.removeFirst().end.reached();
    }
  }
}
