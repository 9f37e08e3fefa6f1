package io.plumbline.aggregate;

import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * How often each value occurs: a hash table with open addressing in two flat arrays, which for one
 * value has two slots. Values that occur no more leave it.
 */
final class Multiset {
  private static final int FIRST_CAPACITY = 2;
  private static final int SPREAD = 0x9E3779B9;

  /** Null in free slots; as long as {@link #counts}, a power of two, and never full. */
  private Object[] values = {};

  private long[] counts = {};
  private int size;

  /** Number of distinct values. */
  int size() {
    return size;
  }

  /**
   * Changes how often a value occurs.
   *
   * @param count negative to take away as many
   */
  void add(Object value, long count) {
    if (values.length == 0) {
      resize(FIRST_CAPACITY);
    }
    int slot = slotOf(value);
    if (values[slot] == null) {
      insert(slot, value, count);
    } else if ((counts[slot] += count) == 0) {
      removeAt(slot);
    }
  }

  private void insert(int slot, Object value, long count) {
    values[slot] = value;
    counts[slot] = count;
    size++;
    if (4L * size > 3L * values.length) {
      resize(2 * values.length);
    }
  }

  private int homeOf(Object value) {
    return (value.hashCode() * SPREAD >>> 7) & values.length - 1;
  }

  /** The slot that holds the value, or the free one where it belongs. */
  private int slotOf(Object value) {
    int slot = homeOf(value);
    while (values[slot] != null && !values[slot].equals(value)) {
      slot = slot + 1 & values.length - 1;
    }
    return slot;
  }

  private void resize(int capacity) {
    Object[] oldValues = values;
    long[] oldCounts = counts;
    values = new Object[capacity];
    counts = new long[capacity];
    for (int i = 0; i < oldValues.length; i++) {
      if (oldValues[i] != null) {
        int slot = slotOf(oldValues[i]);
        values[slot] = oldValues[i];
        counts[slot] = oldCounts[i];
      }
    }
  }

  /** Frees a slot and moves up those behind it that would not be found across the gap. */
  private void removeAt(int removed) {
    int mask = values.length - 1;
    int gap = removed;
    for (int slot = gap + 1 & mask; values[slot] != null; slot = slot + 1 & mask) {
      int fromHome = slot - homeOf(values[slot]) & mask;
      int fromGap = slot - gap & mask;
      if (fromHome >= fromGap) {
        values[gap] = values[slot];
        counts[gap] = counts[slot];
        gap = slot;
      }
    }
    values[gap] = null;
    counts[gap] = 0;
    size--;
    if (size == 0) {
      values = new Object[] {};
      counts = new long[] {};
    }
  }

  /** Adds all of {@code other}, as often as it occurs there times {@code sign}. */
  void addAll(Multiset other, int sign) {
    for (int i = 0; i < other.values.length; i++) {
      if (other.values[i] != null) {
        add(other.values[i], sign * other.counts[i]);
      }
    }
  }

  Multiset copy() {
    Multiset copy = new Multiset();
    copy.values = values.clone();
    copy.counts = counts.clone();
    copy.size = size;
    return copy;
  }

  /** How often a value occurs. */
  long count(Object value) {
    return size == 0 ? 0 : counts[slotOf(value)];
  }

  /** The distinct values in order. */
  Object[] sorted(Comparator<Object> order) {
    Object[] distinct = new Object[size];
    int next = 0;
    for (Object value : values) {
      if (value != null) {
        distinct[next++] = value;
      }
    }
    Arrays.sort(distinct, order);
    return distinct;
  }

  /** The most frequent value, of equally frequent ones the smallest; null if there is none. */
  Object mode(Comparator<Object> order) {
    int best = -1;
    for (int i = 0; i < values.length; i++) {
      if (values[i] != null && (best < 0 || byRank(order, i, best) < 0)) {
        best = i;
      }
    }
    return best < 0 ? null : values[best];
  }

  /** The {@code k} most frequent values, of equally frequent ones the smaller first. */
  List<Object> top(int k, Comparator<Object> order) {
    PriorityQueue<Integer> worstFirst = new PriorityQueue<>((a, b) -> byRank(order, b, a));
    for (int i = 0; i < values.length; i++) {
      if (values[i] != null) {
        worstFirst.add(i);
        if (worstFirst.size() > k) {
          worstFirst.remove();
        }
      }
    }
    Object[] top = new Object[worstFirst.size()];
    for (int i = top.length - 1; i >= 0; i--) {
      top[i] = values[worstFirst.remove()];
    }
    return Collections.unmodifiableList(Arrays.asList(top));
  }

  private int byRank(Comparator<Object> order, int a, int b) {
    return counts[a] == counts[b]
        ? order.compare(values[a], values[b])
        : Long.compare(counts[b], counts[a]);
  }
}
