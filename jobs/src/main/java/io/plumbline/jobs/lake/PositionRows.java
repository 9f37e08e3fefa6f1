package io.plumbline.jobs.lake;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.parquet.io.api.Converter;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.io.api.PrimitiveConverter;

/** Goes through the positions of a file's records, and through nothing else of them. */
final class PositionRows implements AutoCloseable {
  /** Stands for the ingestion time of a record that has none. */
  static final long UNKNOWN = Long.MIN_VALUE;

  private final Path file;
  private final RowGroups rows;
  private final Column time = new Column();
  private final Column partition = new Column();
  private final Column offset = new Column();

  private PositionRows(Path file, RowGroups rows) {
    this.file = file;
    this.rows = rows;
    rows.read(
        List.of(
            rows.schema().getType(LakeSchema.INGESTED_AT),
            rows.schema().getType(LakeSchema.PARTITION),
            rows.schema().getType(LakeSchema.OFFSET)),
        new Columns(time, partition, offset));
  }

  /**
   * Opens some row groups of a file of records, or of malformed ones.
   *
   * @throws io.plumbline.UserError if the file is not complete
   */
  static PositionRows open(Path file, int firstRowGroup, int rowGroups) {
    return new PositionRows(file, Footers.openRows(file, firstRowGroup, rowGroups));
  }

  /**
   * Moves to the next record; false at the end.
   *
   * @throws io.plumbline.UserError if the file is damaged
   */
  boolean next() {
    time.value = UNKNOWN;
    try {
      return rows.next();
    } catch (IOException | RuntimeException e) {
      throw Footers.damaged(file, e);
    }
  }

  /** Epoch ms; {@link #UNKNOWN} if the record has none. */
  long ingestedAt() {
    return time.value;
  }

  /** Of the log; -1 for imported records without one. */
  int partition() {
    return (int) partition.value;
  }

  long offset() {
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

  private static final class Columns extends GroupConverter {
    private final Column[] columns;

    Columns(Column... columns) {
      this.columns = columns;
    }

    @Override
    public Converter getConverter(int index) {
      return columns[index];
    }

    @Override
    public void start() {}

    @Override
    public void end() {}
  }

  private static final class Column extends PrimitiveConverter {
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
