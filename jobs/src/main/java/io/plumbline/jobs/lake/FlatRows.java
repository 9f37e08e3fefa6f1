package io.plumbline.jobs.lake;

import java.util.List;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ColumnReader;
import org.apache.parquet.column.impl.ColumnReadStoreImpl;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.schema.MessageType;

/**
 * Goes through the rows of a row group whose columns are all flat: a column has one value or null
 * for each row, so that Parquet's own record assembly, which has to follow repetition, can be left
 * out.
 */
final class FlatRows implements Runnable {
  private final ColumnReader[] readers;
  private final int[] defined;
  private final GroupConverter row;

  FlatRows(PageReadStore pages, MessageType columns, String writtenBy, GroupConverter row) {
    this.row = row;
    ColumnReadStoreImpl store = new ColumnReadStoreImpl(pages, row, columns, writtenBy);
    List<ColumnDescriptor> descriptors = columns.getColumns();
    readers = new ColumnReader[descriptors.size()];
    defined = new int[readers.length];
    for (int i = 0; i < readers.length; i++) {
      readers[i] = store.getColumnReader(descriptors.get(i));
      defined[i] = descriptors.get(i).getMaxDefinitionLevel();
    }
  }

  static boolean canRead(MessageType columns) {
    return columns.getColumns().stream()
        .allMatch(c -> c.getPath().length == 1 && c.getMaxRepetitionLevel() == 0);
  }

  /** Hands the next row to the converter. */
  @Override
  public void run() {
    row.start();
    for (int i = 0; i < readers.length; i++) {
      ColumnReader reader = readers[i];
      if (reader.getCurrentDefinitionLevel() == defined[i]) {
        reader.writeCurrentValueToConverter();
      }
      reader.consume();
    }
    row.end();
  }
}
