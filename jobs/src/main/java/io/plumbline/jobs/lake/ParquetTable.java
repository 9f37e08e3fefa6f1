package io.plumbline.jobs.lake;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.schema.MessageType;

/**
 * Reads any Parquet file by an Avro schema, matching columns by name and widening their types. A
 * field without column is its default or null; a null may stand where the schema has none.
 */
public final class ParquetTable implements AutoCloseable {
  private final RowGroups rows;
  private RecordConverter records;

  private ParquetTable(RowGroups rows) {
    this.rows = rows;
  }

  /**
   * @throws io.plumbline.UserError if the file is not complete Parquet
   */
  public static ParquetTable open(Path path) {
    return new ParquetTable(Footers.openRows(path, 0, Integer.MAX_VALUE));
  }

  /** The file's columns. */
  public MessageType columns() {
    return rows.schema();
  }

  public long rowCount() {
    return rows.footer().getBlocks().stream().mapToLong(BlockMetaData::getRowCount).sum();
  }

  /**
   * Chooses what rows are read as; to be called once, before {@link #next}.
   *
   * @throws ColumnMismatch if a column does not hold its field's type
   */
  public void readAs(Schema schema) {
    records = new RecordConverter(rows.schema(), schema, name -> true, record -> {});
    rows.read(records.columns(), records);
  }

  /** The next row; null at the end. */
  public GenericData.Record next() {
    try {
      return rows.next() ? records.record() : null;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      rows.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
