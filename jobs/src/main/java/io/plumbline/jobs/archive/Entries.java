package io.plumbline.jobs.archive;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;

/** Goes through the records of some segments in the order of ingestion, partition, offset. */
final class Entries implements AutoCloseable {
  private static final long MEMORY_BYTES = 8L << 20;
  private static final int LEAST_BUFFER = 4 << 10;
  private static final int MOST_BUFFER = 256 << 10;

  private final List<FileChannel> files = new ArrayList<>();
  private final PriorityQueue<Cursor> others = new PriorityQueue<>();
  private Cursor current;

  /** Where a run lies. */
  private record Range(FileChannel file, long from, long to) {}

  Entries(Path folder, List<Segment> segments) throws IOException {
    List<Range> runs = new ArrayList<>();
    try {
      for (Segment segment : segments) {
        FileChannel file =
            FileChannel.open(folder.resolve(segment.name()), StandardOpenOption.READ);
        files.add(file);
        addRuns(file, segment, runs);
      }
      int buffer =
          (int)
              Math.max(
                  LEAST_BUFFER, Math.min(MOST_BUFFER, MEMORY_BYTES / Math.max(1, runs.size())));
      for (Range run : runs) {
        Cursor cursor = new Cursor(run, buffer);
        if (cursor.next()) {
          others.add(cursor);
        }
      }
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  private static void addRuns(FileChannel file, Segment segment, List<Range> runs)
      throws IOException {
    ByteBuffer length = ByteBuffer.allocate(Integer.BYTES);
    for (long at = 0; at < segment.bytes(); ) {
      readFully(file, length.clear(), at);
      long from = at + Integer.BYTES;
      at = from + length.getInt(0);
      runs.add(new Range(file, from, at));
    }
  }

  /** Moves to the next record; false at the end. */
  boolean next() throws IOException {
    if (current != null) {
      if (!current.next()) {
        current = null;
      } else if (!others.isEmpty() && current.compareTo(others.peek()) > 0) {
        others.add(current);
        current = null;
      }
    }
    if (current == null) {
      current = others.poll();
    }
    return current != null;
  }

  /** Epoch ms, or {@link Segment#UNKNOWN_TIME}. */
  long ingestedAt() {
    return current.buffer.getLong(current.at);
  }

  int partition() {
    return current.buffer.getInt(current.at + Run.PARTITION_AT);
  }

  long offset() {
    return current.buffer.getLong(current.at + Run.OFFSET_AT);
  }

  /** A new array; null in a tombstone. */
  byte[] value() {
    int length = current.buffer.getInt(current.at + Run.LENGTH_AT);
    if (length == Run.NULL_LENGTH) {
      return null;
    }
    byte[] value = new byte[length];
    current.buffer.get(current.at + Run.HEADER, value);
    return value;
  }

  @Override
  public void close() throws IOException {
    for (FileChannel file : files) {
      file.close();
    }
  }

  private static void readFully(FileChannel file, ByteBuffer into, long at) throws IOException {
    long from = at;
    while (into.hasRemaining()) {
      int read = file.read(into, from);
      if (read < 0) {
        throw new EOFException("a hidden segment of the archive is shorter than it was");
      }
      from += read;
    }
  }

  /** A place in a run: the record at {@code at} lies in the buffer whole. */
  private static final class Cursor implements Comparable<Cursor> {
    private final FileChannel file;
    private final long end;
    private ByteBuffer buffer;
    private long filledTo;
    private int at;
    private int length;

    Cursor(Range run, int buffer) {
      file = run.file;
      filledTo = run.from;
      end = run.to;
      this.buffer = ByteBuffer.allocate(buffer).limit(0);
    }

    boolean next() throws IOException {
      at += length;
      if (at == buffer.limit() && filledTo == end) {
        return false;
      }
      require(Run.HEADER);
      length = Run.HEADER + Math.max(0, buffer.getInt(at + Run.LENGTH_AT));
      require(length);
      return true;
    }

    private void require(int bytes) throws IOException {
      if (buffer.limit() - at >= bytes) {
        return;
      }
      ByteBuffer target =
          bytes > buffer.capacity() ? ByteBuffer.allocate(Math.max(bytes, MOST_BUFFER)) : buffer;
      ByteBuffer rest = buffer.slice(at, buffer.limit() - at);
      target.clear().put(rest);
      target.limit((int) Math.min(target.capacity(), target.position() + (end - filledTo)));
      int before = target.position();
      readFully(file, target, filledTo);
      filledTo += target.position() - before;
      buffer = target;
      at = 0;
    }

    @Override
    public int compareTo(Cursor other) {
      return Run.compare(buffer, at, other.buffer, other.at);
    }
  }
}
