package io.plumbline.jobs.archive;

import io.plumbline.jobs.archive.Segment.Arrival;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Writes records into segments, one or more for each hour, until it is told to close them. Records
 * are kept as they lie in the log: they are decoded when they become rows. Not thread-safe.
 */
final class Spool implements AutoCloseable {
  private static final long MEMORY_BYTES = 32L << 20;

  private final Path folder;
  private final long segmentBytes;
  private final Supplier<String> names;
  private final Map<Long, Hour> hours = new HashMap<>();
  private final List<Segment> complete = new ArrayList<>();
  private Hour latest;
  private long memory;
  private long minIngestedAt = Long.MAX_VALUE;
  private long openBytes;

  /**
   * @param segmentBytes after which a segment is complete
   * @param names of segments to come
   */
  Spool(Path folder, long segmentBytes, Supplier<String> names) {
    this.folder = folder;
    this.segmentBytes = segmentBytes;
    this.names = names;
  }

  /** A segment being written. */
  private final class Hour {
    final long hour;
    final String name = names.get();
    final long sinceMs;
    final Arrival arrival;
    final PartitionOffsets firstOffsets = new PartitionOffsets();
    final Run run = new Run();
    FileChannel file;
    long rows;
    long bytes;
    long minIngestedAt = Long.MAX_VALUE;

    Hour(long hour, long sinceMs, Arrival arrival) {
      this.hour = hour;
      this.sinceMs = sinceMs;
      this.arrival = arrival;
    }

    void flush() throws IOException {
      if (run.isEmpty()) {
        return;
      }
      if (file == null) {
        file =
            FileChannel.open(
                folder.resolve(name), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      }
      bytes += run.drainTo(file);
    }

    Segment close() throws IOException {
      flush();
      try (FileChannel closing = file) {
        closing.force(true);
      }
      return new Segment(name, hour, rows, bytes, minIngestedAt, sinceMs, arrival, firstOffsets);
    }
  }

  /**
   * Adds a record.
   *
   * @param ingestedAt epoch ms, or {@link Segment#UNKNOWN_TIME}
   * @param value null in a tombstone
   * @param knowledgeTimeMs of the source
   * @param nowMs this machine's clock
   */
  void add(
      long ingestedAt, int partition, long offset, byte[] value, long knowledgeTimeMs, long nowMs)
      throws IOException {
    Hour hour = hourOf(Segment.hourOf(ingestedAt), knowledgeTimeMs, nowMs);
    if (!hour.run.fits(value)) {
      hour.flush();
    }
    int before = hour.run.capacity();
    hour.run.add(ingestedAt, partition, offset, value);
    memory += hour.run.capacity() - before;
    hour.rows++;
    if (hour.firstOffsets.get(partition) < 0) {
      hour.firstOffsets.set(partition, offset);
    }
    if (ingestedAt != Segment.UNKNOWN_TIME && ingestedAt < hour.minIngestedAt) {
      hour.minIngestedAt = ingestedAt;
      minIngestedAt = Math.min(minIngestedAt, ingestedAt);
    }
    openBytes += Run.HEADER + (value == null ? 0 : value.length);
    if (hour.bytes >= segmentBytes) {
      complete(hour);
    } else if (memory > MEMORY_BYTES) {
      completeLargest();
    }
  }

  /** The least ingestion time of what is not in a segment handed over, epoch ms. */
  long minIngestedAt() {
    return minIngestedAt;
  }

  /** Bytes of what is not in a segment handed over. */
  long openBytes() {
    return openBytes;
  }

  int openSegments() {
    return hours.size() + complete.size();
  }

  /** Makes everything durable and hands it over. */
  List<Segment> seal() throws IOException {
    for (Hour hour : List.copyOf(hours.values())) {
      complete(hour);
    }
    List<Segment> sealed = List.copyOf(complete);
    complete.clear();
    minIngestedAt = Long.MAX_VALUE;
    openBytes = 0;
    return sealed;
  }

  private Hour hourOf(long hour, long knowledgeTimeMs, long nowMs) {
    if (latest == null || latest.hour != hour) {
      latest = hours.get(hour);
      if (latest == null) {
        Arrival arrival =
            RollPolicy.isOver(hour, knowledgeTimeMs) ? Arrival.UNSETTLED : Arrival.IN_TIME;
        latest = new Hour(hour, nowMs, arrival);
        hours.put(hour, latest);
        memory += latest.run.capacity();
      }
    }
    return latest;
  }

  private void complete(Hour hour) throws IOException {
    complete.add(hour.close());
    hours.remove(hour.hour);
    memory -= hour.run.capacity();
    latest = null;
  }

  /** Frees half of the memory, so that not every record leads to a write. */
  private void completeLargest() throws IOException {
    List<Hour> bySize = new ArrayList<>(hours.values());
    bySize.sort(Comparator.comparingInt((Hour h) -> h.run.capacity()).reversed());
    for (Hour hour : bySize) {
      if (memory <= MEMORY_BYTES / 2) {
        return;
      }
      complete(hour);
    }
  }

  /** Deletes what was not handed over: no checkpoint knows of it. */
  @Override
  public void close() throws IOException {
    for (Hour hour : hours.values()) {
      if (hour.file != null) {
        hour.file.close();
        Files.deleteIfExists(folder.resolve(hour.name));
      }
    }
    for (Segment segment : complete) {
      Files.deleteIfExists(folder.resolve(segment.name()));
    }
  }
}
