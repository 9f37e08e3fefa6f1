package io.plumbline.timeline;

import java.util.Arrays;

/**
 * The non-empty tiles of one grid in order of time: for each its number and an accumulator per slot
 * (null where nothing was added). Events come nearly in order, so a tile is looked for from the
 * newest back.
 */
final class Tiles {
  private long[] numbers = new long[4];
  private Object[][] slots = new Object[4][];
  private int head;
  private int end;

  int size() {
    return end - head;
  }

  long number(int i) {
    return numbers[head + i];
  }

  Object[] slots(int i) {
    return slots[head + i];
  }

  /** The accumulators of a tile; null if it is empty. */
  Object[] find(long number) {
    int i = head + firstFrom(number);
    return i < end && numbers[i] == number ? slots[i] : null;
  }

  /** Replaces the accumulators of a tile, if it is there. */
  void replace(long number, Object[] accumulators) {
    int i = head + firstFrom(number);
    if (i < end && numbers[i] == number) {
      slots[i] = accumulators;
    }
  }

  /** Makes these the same tiles as {@code other}'s, accumulators shared. */
  void share(Tiles other) {
    numbers = other.numbers.clone();
    slots = other.slots.clone();
    head = other.head;
    end = other.end;
  }

  /** The accumulators of a tile, made where there are none. */
  Object[] at(long number, int width) {
    int i = end;
    while (i > head && numbers[i - 1] > number) {
      i--;
    }
    if (i > head && numbers[i - 1] == number) {
      return slots[i - 1];
    }
    return insert(i, number, new Object[width]);
  }

  private Object[] insert(int i, long number, Object[] accumulators) {
    int at = i;
    if (end == numbers.length) {
      at -= head;
      makeRoom();
    }
    System.arraycopy(numbers, at, numbers, at + 1, end - at);
    System.arraycopy(slots, at, slots, at + 1, end - at);
    numbers[at] = number;
    slots[at] = accumulators;
    end++;
    return accumulators;
  }

  private void makeRoom() {
    int size = end - head;
    if (size > numbers.length / 2) {
      int capacity = numbers.length * 2;
      numbers = Arrays.copyOfRange(numbers, head, head + capacity);
      slots = Arrays.copyOfRange(slots, head, head + capacity);
    } else {
      System.arraycopy(numbers, head, numbers, 0, size);
      System.arraycopy(slots, head, slots, 0, size);
      Arrays.fill(slots, size, end, null);
    }
    head = 0;
    end = size;
  }

  /** Appends a tile that is newer than all. */
  void append(long number, Object[] accumulators) {
    insert(end, number, accumulators);
  }

  /** Index of the first tile whose number is at least {@code number}; {@link #size()} if none. */
  int firstFrom(long number) {
    if (head == end || numbers[head] >= number) {
      return 0;
    }
    int low = head;
    int high = end;
    if (numbers[end - 1] <= number) {
      low = end - 1;
    }
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (numbers[middle] < number) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low - head;
  }

  /** Forgets the tiles before {@code number}. */
  void dropBefore(long number) {
    while (head < end && numbers[head] < number) {
      slots[head++] = null;
    }
    if (head == end) {
      head = 0;
      end = 0;
    }
  }
}
