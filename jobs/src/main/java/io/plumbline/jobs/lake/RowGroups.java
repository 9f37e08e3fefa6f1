package io.plumbline.jobs.lake;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.LocalInputFile;
import org.apache.parquet.io.RecordReader;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.io.api.RecordMaterializer;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;

/** Goes through the rows of some of a Parquet file's row groups, columns of a choice. */
final class RowGroups implements AutoCloseable {
  private final ParquetFileReader file;
  private final int end;
  private GroupConverter converter;
  private MessageType columns;
  private Runnable group;
  private int next;
  private long left;

  private RowGroups(ParquetFileReader file, int first, int end) {
    this.file = file;
    this.next = first;
    this.end = end;
  }

  /** Opens the row groups of a split; the choice of columns follows. */
  static RowGroups open(Path path, int first, int count) throws IOException {
    ParquetFileReader file = reader(path);
    int end = (int) Math.min(file.getRowGroups().size(), (long) first + count);
    return new RowGroups(file, first, end);
  }

  static ParquetFileReader reader(Path path) throws IOException {
    ParquetReadOptions options =
        ParquetReadOptions.builder(new PlainParquetConfiguration())
            .withUseHadoopVectoredIo(false)
            .build();
    return ParquetFileReader.open(new LocalInputFile(path), options);
  }

  ParquetMetadata footer() {
    return file.getFooter();
  }

  MessageType schema() {
    return file.getFileMetaData().getSchema();
  }

  /** Reads these columns, each row into {@code converter}. */
  void read(List<Type> chosen, GroupConverter converter) {
    this.converter = converter;
    columns = new MessageType(schema().getName(), chosen);
    file.setRequestedSchema(columns);
  }

  /** Moves to the next row; false at the end. */
  boolean next() throws IOException {
    while (left == 0) {
      if (next >= end) {
        return false;
      }
      PageReadStore pages = file.readRowGroup(next++);
      left = pages.getRowCount();
      if (left > 0) {
        group = rowsOf(pages);
      }
    }
    left--;
    group.run();
    return true;
  }

  private Runnable rowsOf(PageReadStore pages) {
    if (FlatRows.canRead(columns)) {
      return new FlatRows(pages, columns, file.getFileMetaData().getCreatedBy(), converter);
    }
    RecordReader<GroupConverter> reader =
        new ColumnIOFactory()
            .getColumnIO(columns, schema())
            .getRecordReader(pages, new Materializer(converter));
    return reader::read;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  private static final class Materializer extends RecordMaterializer<GroupConverter> {
    private final GroupConverter row;

    Materializer(GroupConverter row) {
      this.row = row;
    }

    @Override
    public GroupConverter getCurrentRecord() {
      return row;
    }

    @Override
    public GroupConverter getRootConverter() {
      return row;
    }
  }
}
