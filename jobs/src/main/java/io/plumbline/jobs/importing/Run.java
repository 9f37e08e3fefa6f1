package io.plumbline.jobs.importing;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Entries of one hour in memory, each its position in the log and its bytes: ingestion time,
 * partition, offset, length, bytes.
 */
final class Run {
  private static final int PARTITION_AT = 8;
  private static final int OFFSET_AT = 12;
  private static final int LENGTH_AT = 20;
  private static final int HEADER = 24;
  private static final int SMALLEST = 1 << 10;

  private byte[] bytes = {};
  private ByteBuffer view = ByteBuffer.wrap(bytes);
  private int size;
  private int count;
  private int last = -1;
  private boolean sorted = true;

  /** Whether as many more bytes fit an array. */
  boolean fits(int length) {
    return (long) size + HEADER + length < Integer.MAX_VALUE / 2;
  }

  void add(long ingestedAt, int partition, long offset, byte[] entry, int length) {
    int needed = size + HEADER + length;
    if (needed > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(Math.max(needed, SMALLEST), bytes.length * 2));
      view = ByteBuffer.wrap(bytes);
    }
    view.putLong(size, ingestedAt);
    view.putInt(size + PARTITION_AT, partition);
    view.putLong(size + OFFSET_AT, offset);
    view.putInt(size + LENGTH_AT, length);
    System.arraycopy(entry, 0, bytes, size + HEADER, length);
    sorted = sorted && (last < 0 || compare(view, last, size) <= 0);
    last = size;
    size = needed;
    count++;
  }

  /** Bytes of memory that the run holds. */
  int capacity() {
    return bytes.length;
  }

  int size() {
    return size;
  }

  boolean isEmpty() {
    return count == 0;
  }

  /** The entries' bytes in the order of their positions; equal ones as they came. */
  byte[] sorted() {
    if (sorted) {
      return bytes;
    }
    Integer[] starts = new Integer[count];
    for (int i = 0, at = 0; i < count; i++) {
      starts[i] = at;
      at += HEADER + view.getInt(at + LENGTH_AT);
    }
    Arrays.sort(starts, (a, b) -> compare(view, a, b));
    byte[] ordered = new byte[size];
    int at = 0;
    for (int start : starts) {
      int length = HEADER + view.getInt(start + LENGTH_AT);
      System.arraycopy(bytes, start, ordered, at, length);
      at += length;
    }
    return ordered;
  }

  InputStream read() {
    return new ByteArrayInputStream(sorted(), 0, size);
  }

  private static int compare(ByteBuffer view, int a, int b) {
    int byTime = Long.compare(view.getLong(a), view.getLong(b));
    if (byTime != 0) {
      return byTime;
    }
    int byPartition = Integer.compare(view.getInt(a + PARTITION_AT), view.getInt(b + PARTITION_AT));
    return byPartition != 0
        ? byPartition
        : Long.compare(view.getLong(a + OFFSET_AT), view.getLong(b + OFFSET_AT));
  }
}
