package io.plumbline.jobs.lake;

import io.plumbline.UserError;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Set;
import org.apache.avro.Schema;
import org.apache.avro.generic.IndexedRecord;
import org.apache.parquet.io.ParquetDecodingException;
import org.apache.parquet.io.api.PrimitiveConverter;
import org.apache.parquet.schema.MessageType;

/**
 * Reads events from one file of the lake, row by row. Events have the source's whole schema, so
 * that a field's position in it is its position in the event; only the fields asked for are read
 * and the others are null. Text is String. A field that the file does not have yet is its default,
 * or null. Each row is a new event, which the caller may keep.
 */
public final class LakeReader implements AutoCloseable {
  private final Path path;
  private final RowGroups rows;
  private final RecordConverter events;
  private final LongColumn ingestedAt = new LongColumn();
  private final LongColumn partition = new LongColumn();
  private final LongColumn offset = new LongColumn();

  private LakeReader(Path path, RowGroups rows, Schema schema, Set<String> fields) {
    this.path = path;
    this.rows = rows;
    MessageType file = rows.schema();
    events = new RecordConverter(file, schema, fields::contains, event -> {});
    add(file, LakeSchema.INGESTED_AT, ingestedAt);
    add(file, LakeSchema.PARTITION, partition);
    add(file, LakeSchema.OFFSET, offset);
    rows.read(events.columns(), events);
  }

  /**
   * Opens a whole file.
   *
   * @param source the source's schema
   * @param fields of it, which to read
   * @throws UserError if the file is not complete, or does not fit the schema
   */
  public static LakeReader open(Path path, Schema source, Set<String> fields) {
    return open(new LakeSplit(path.toString(), 0, Integer.MAX_VALUE, -1), source, fields);
  }

  /** Opens some of a file's row groups; for the rest as {@link #open(Path, Schema, Set)}. */
  public static LakeReader open(LakeSplit split, Schema source, Set<String> fields) {
    Path path = Path.of(split.file());
    RowGroups rows = Footers.openRows(path, split.firstRowGroup(), split.rowGroups());
    try {
      Footers.check(path, rows.schema(), source);
      return new LakeReader(path, rows, source, fields);
    } catch (RuntimeException e) {
      try {
        rows.close();
      } catch (IOException closing) {
        e.addSuppressed(closing);
      }
      throw e;
    }
  }

  /** Moves to the next event; false at the end. */
  public boolean next() {
    try {
      return rows.next();
    } catch (IOException | ParquetDecodingException e) {
      throw Footers.damaged(path, e);
    }
  }

  /** The event of this row. */
  public IndexedRecord event() {
    return events.record();
  }

  /** When the log accepted it, epoch milliseconds. */
  public long ingestedAt() {
    return ingestedAt.value;
  }

  /** Partition of the log; -1 if it was imported without one. */
  public int partition() {
    return (int) partition.value;
  }

  /** Position in the partition. */
  public long offset() {
    return offset.value;
  }

  @Override
  public void close() {
    try {
      rows.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void add(MessageType file, String name, LongColumn column) {
    events.addColumn(file.getType(name), column);
  }

  /** A column of the record's position, which every row has. */
  private static final class LongColumn extends PrimitiveConverter {
    private long value;

    @Override
    public void addInt(int read) {
      value = read;
    }

    @Override
    public void addLong(long read) {
      value = read;
    }
  }
}
