package io.plumbline.jobs.archive;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Arrays;

/**
 * Records of one hour in memory. Written to a file they are sorted: length of the run, then for
 * each record ingestion time, partition, offset, length (-1 for null), value.
 */
final class Run {
  static final int PARTITION_AT = 8;
  static final int OFFSET_AT = 12;
  static final int LENGTH_AT = 20;
  static final int HEADER = 24;
  static final int NULL_LENGTH = -1;

  /** A run grows no larger, unless one record is. */
  static final int MOST_BYTES = 4 << 20;

  private static final int LEAST_BYTES = 1 << 14;

  private byte[] bytes = new byte[LEAST_BYTES];
  private ByteBuffer view = ByteBuffer.wrap(bytes);
  private int size;
  private int count;
  private int last = -1;
  private boolean sorted = true;

  boolean isEmpty() {
    return count == 0;
  }

  /** Bytes of memory that the run holds. */
  int capacity() {
    return bytes.length;
  }

  boolean fits(byte[] value) {
    return count == 0 || (long) size + HEADER + lengthOf(value) <= MOST_BYTES;
  }

  void add(long ingestedAt, int partition, long offset, byte[] value) {
    int needed = Math.addExact(size, HEADER + lengthOf(value));
    if (needed > bytes.length) {
      bytes = Arrays.copyOf(bytes, (int) Math.max(needed, Math.min(2L * bytes.length, MOST_BYTES)));
      view = ByteBuffer.wrap(bytes);
    }
    view.putLong(size, ingestedAt);
    view.putInt(size + PARTITION_AT, partition);
    view.putLong(size + OFFSET_AT, offset);
    view.putInt(size + LENGTH_AT, value == null ? NULL_LENGTH : value.length);
    if (value != null) {
      System.arraycopy(value, 0, bytes, size + HEADER, value.length);
    }
    sorted = sorted && (last < 0 || compare(view, last, view, size) <= 0);
    last = size;
    size = needed;
    count++;
  }

  /** Writes the records in order and forgets them; how many bytes that took. */
  long drainTo(FileChannel file) throws IOException {
    ByteBuffer length = ByteBuffer.allocate(Integer.BYTES).putInt(size).flip();
    ByteBuffer records = ByteBuffer.wrap(sorted ? bytes : ordered(), 0, size);
    ByteBuffer[] all = {length, records};
    while (records.hasRemaining()) {
      file.write(all);
    }
    long written = (long) Integer.BYTES + size;
    size = 0;
    count = 0;
    last = -1;
    sorted = true;
    return written;
  }

  private byte[] ordered() {
    Integer[] starts = new Integer[count];
    for (int i = 0, at = 0; i < count; i++) {
      starts[i] = at;
      at += entryLength(at);
    }
    Arrays.sort(starts, (a, b) -> compare(view, a, view, b));
    byte[] ordered = new byte[size];
    int at = 0;
    for (int start : starts) {
      int length = entryLength(start);
      System.arraycopy(bytes, start, ordered, at, length);
      at += length;
    }
    return ordered;
  }

  private int entryLength(int at) {
    return HEADER + Math.max(0, view.getInt(at + LENGTH_AT));
  }

  private static int lengthOf(byte[] value) {
    return value == null ? 0 : value.length;
  }

  /** Compares two records by ingestion time, partition, offset. */
  static int compare(ByteBuffer a, int atA, ByteBuffer b, int atB) {
    int byTime = Long.compare(a.getLong(atA), b.getLong(atB));
    if (byTime != 0) {
      return byTime;
    }
    int byPartition = Integer.compare(a.getInt(atA + PARTITION_AT), b.getInt(atB + PARTITION_AT));
    return byPartition != 0
        ? byPartition
        : Long.compare(a.getLong(atA + OFFSET_AT), b.getLong(atB + OFFSET_AT));
  }
}
