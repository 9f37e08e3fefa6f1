package io.plumbline.jobs.lake;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;

/**
 * Reads any Parquet file by an Avro schema, matching columns by name and widening their types. A
 * field without column is its default or null; a null may stand where the schema has none.
 */
public final class ParquetTable implements AutoCloseable {
  private final RowGroups rows;
  private final Map<String, Object> otherValues = new HashMap<>();
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
   * @param others columns of the file that no field is named after, and what to read them as
   * @throws ColumnMismatch if a column does not hold its type
   */
  public void readAs(Schema schema, Map<String, Schema> others) {
    records = new RecordConverter(rows.schema(), schema, name -> true, record -> {});
    others.forEach(
        (name, type) -> {
          Type column = rows.schema().getType(name);
          records.addColumn(
              column, ColumnConverters.of(column, type, value -> otherValues.put(name, value)));
        });
    rows.read(records.columns(), records);
  }

  /** This row's value in a column that no field is named after; null where it has none. */
  public Object other(String column) {
    return otherValues.get(column);
  }

  /** The next row; null at the end. */
  public GenericData.Record next() {
    otherValues.clear();
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
