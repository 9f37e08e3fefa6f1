package io.plumbline.jobs.importing;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeMap;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.IndexedRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;

/**
 * Sorts records into hours, and within an hour by ingestion time, partition and offset, in bounded
 * memory: an external merge sort whose largest runs go to disk when the budget is used up.
 */
final class HourlySort {
  private final SpillFile spill;
  private final long budget;
  private final Map<Long, Hour> hours = new TreeMap<>();
  private final GenericDatumWriter<IndexedRecord> writer;
  private final GenericDatumReader<IndexedRecord> reader;
  private final Bytes bytes = new Bytes();
  private final BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
  private Hour latest;
  private long latestHour;
  private long held;

  /** Takes an hour's records, one by one. */
  interface Sink {
    void accept(IndexedRecord record) throws IOException;
  }

  /**
   * @param budget bytes of memory for records
   */
  HourlySort(Schema schema, SpillFile spill, long budget) {
    this.spill = spill;
    this.budget = budget;
    writer = new GenericDatumWriter<>(schema);
    reader = new GenericDatumReader<>(schema);
  }

  void add(long hour, Position position, IndexedRecord record) throws IOException {
    bytes.reset();
    writer.write(record, encoder);
    Hour target = hourOf(hour);
    if (!target.run.fits(bytes.size())) {
      spill(target);
    }
    int before = target.run.capacity();
    target.run.add(
        position.ingestedAt(),
        position.partition(),
        position.offset(),
        bytes.array(),
        bytes.size());
    held += target.run.capacity() - before;
    if (held > budget) {
      spillLargest();
    }
  }

  /** The hours that have records, in order. */
  List<Long> hours() {
    return List.copyOf(hours.keySet());
  }

  /** Hands out an hour's records in order, and forgets them. */
  void drain(long hour, Sink sink) throws IOException {
    Hour from = hours.remove(hour);
    latest = null;
    List<InputStream> runs = new ArrayList<>();
    from.spilled.forEach(range -> runs.add(spill.read(range)));
    runs.add(from.run.read());
    PriorityQueue<Cursor> queue = new PriorityQueue<>(Cursor.ORDER);
    for (int i = 0; i < runs.size(); i++) {
      Cursor cursor = new Cursor(i, runs.get(i));
      if (cursor.advance()) {
        queue.add(cursor);
      }
    }
    BinaryDecoder decoder = null;
    while (!queue.isEmpty()) {
      Cursor first = queue.poll();
      decoder = DecoderFactory.get().binaryDecoder(first.entry, decoder);
      sink.accept(reader.read(null, decoder));
      if (first.advance()) {
        queue.add(first);
      }
    }
    held -= from.run.capacity();
  }

  private Hour hourOf(long hour) {
    if (latest == null || latestHour != hour) {
      latest = hours.computeIfAbsent(hour, h -> newHour());
      latestHour = hour;
    }
    return latest;
  }

  private Hour newHour() {
    Hour hour = new Hour();
    held += hour.run.capacity();
    return hour;
  }

  /** Spills until half of the budget is free, so that not every record leads to a write. */
  private void spillLargest() throws IOException {
    List<Hour> bySize = new ArrayList<>(hours.values());
    bySize.sort(Comparator.comparingInt((Hour hour) -> hour.run.capacity()).reversed());
    for (Hour hour : bySize) {
      if (held <= budget / 2) {
        return;
      }
      spill(hour);
    }
  }

  private void spill(Hour hour) throws IOException {
    if (hour.run.isEmpty()) {
      return;
    }
    held -= hour.run.capacity();
    hour.spilled.add(spill.append(hour.run.sorted(), hour.run.size()));
    hour.run = new Run();
    held += hour.run.capacity();
  }

  private static final class Hour {
    private final List<SpillFile.Range> spilled = new ArrayList<>();
    private Run run = new Run();
  }

  /** A run that is being merged, at one of its entries. */
  private static final class Cursor {
    private static final Comparator<Cursor> ORDER =
        Comparator.comparing((Cursor c) -> c.position, Position.ORDER).thenComparingInt(c -> c.age);

    private final int age;
    private final DataInputStream in;
    private Position position;
    private byte[] entry;

    Cursor(int age, InputStream in) {
      this.age = age;
      this.in = new DataInputStream(in);
    }

    boolean advance() throws IOException {
      long ingestedAt;
      try {
        ingestedAt = in.readLong();
      } catch (EOFException e) {
        return false;
      }
      position = new Position(ingestedAt, in.readInt(), in.readLong());
      entry = in.readNBytes(in.readInt());
      return true;
    }
  }

  /** Shows its array, so that a record is not copied twice. */
  private static final class Bytes extends ByteArrayOutputStream {
    byte[] array() {
      return buf;
    }
  }
}
