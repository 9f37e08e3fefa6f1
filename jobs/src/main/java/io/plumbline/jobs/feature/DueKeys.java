package io.plumbline.jobs.feature;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;

/**
 * Which keys are due when. Windows of all keys pass at the same few times, so the keys of one time
 * stand in one list: to add and to take one costs the same however many there are. Not part of
 * state, which says of each key itself when it is due.
 */
final class DueKeys {
  private final Map<Long, Keys> byTime = new HashMap<>();
  private final PriorityQueue<Keys> inOrder =
      new PriorityQueue<>(Comparator.comparingLong(keys -> keys.time));

  /** Those that were added to last: most likely the next will be too. */
  private Keys last = new Keys(Long.MAX_VALUE);

  /** The keys of one time. */
  private static final class Keys {
    private final long time;
    private long[] keys = new long[2];
    private int size;

    Keys(long time) {
      this.time = time;
    }
  }

  /** Says that a key is due at a time, which others it may be due at do not change. */
  void add(long time, long key) {
    if (last.time != time || last.size == 0) {
      last = byTime.get(time);
      if (last == null) {
        last = new Keys(time);
        byTime.put(time, last);
        inOrder.add(last);
      }
    }
    if (last.size == last.keys.length) {
      last.keys = Arrays.copyOf(last.keys, last.size * 2);
    }
    last.keys[last.size++] = key;
  }

  /** The first time at which a key is due; {@code Long.MAX_VALUE} if none ever is. */
  long first() {
    Keys first = inOrder.peek();
    return first == null ? Long.MAX_VALUE : first.time;
  }

  /** Takes out a key that is due at the first time; there is one. */
  long take() {
    Keys first = inOrder.element();
    long key = first.keys[--first.size];
    if (first.size == 0) {
      inOrder.remove();
      byTime.remove(first.time);
    }
    return key;
  }
}
