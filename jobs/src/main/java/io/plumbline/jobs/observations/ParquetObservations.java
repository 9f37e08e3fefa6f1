package io.plumbline.jobs.observations;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.LocalInputFile;
import org.apache.parquet.io.MessageColumnIO;
import org.apache.parquet.io.RecordReader;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;

/** Observations in a Parquet file: one split for each row group. */
final class ParquetObservations {
  private ParquetObservations() {}

  static ParquetFileReader reader(Path path) throws IOException {
    return ParquetFileReader.open(
        new LocalInputFile(path),
        ParquetReadOptions.builder(new PlainParquetConfiguration()).build());
  }

  /**
   * Everything there is to know before rows are read, with each problem added to {@code problems}.
   */
  static Survey survey(Path path, ObservationOptions options, Problems problems)
      throws IOException {
    try (ParquetFileReader file = reader(path)) {
      MessageType schema = file.getFileMetaData().getSchema();
      ParquetCodec codec = new ParquetCodec(schema);
      problems.addColumnProblems(schema.getFields().stream().map(Type::getName).toList(), options);
      problems.throwIfAny();
      List<ObservationSplit> splits = new ArrayList<>();
      long rows = 0;
      for (BlockMetaData group : file.getRowGroups()) {
        splits.add(new ObservationSplit(splits.size(), rows, group.getRowCount()));
        rows += group.getRowCount();
      }
      Survey.TimeRange times = new Survey.TimeRange();
      Columns columns = new Columns(schema, options, problems);
      if (!columns.areSureToBeRight() || !columns.addStatistics(file.getRowGroups(), times)) {
        columns.scan(file, times);
      }
      return new Survey(codec, rows, times, splits);
    }
  }

  /** The columns that times and keys come from. */
  private static final class Columns {
    private final MessageType schema;
    private final ObservationOptions options;
    private final Problems problems;

    Columns(MessageType schema, ObservationOptions options, Problems problems) {
      this.schema = schema;
      this.options = options;
      this.problems = problems;
    }

    /** Whether the types alone say that every time and key that is not null can be read. */
    boolean areSureToBeRight() {
      ParquetGroup root = new ParquetGroup(schema);
      ParquetLeaf time = root.leaf(schema.getFieldIndex(options.timestampColumn()));
      boolean sure = time != null && time.isOrdered();
      for (KeyColumn key : options.keys()) {
        ColumnType type = root.columnType(schema.getFieldIndex(key.column()));
        sure &=
            type == ColumnType.LONG
                || (type == ColumnType.STRING && key.type() == KeyColumn.Type.STRING);
      }
      return sure;
    }

    /** Takes the range of times from the footer; false if that does not say enough. */
    boolean addStatistics(List<BlockMetaData> groups, Survey.TimeRange times) {
      int field = schema.getFieldIndex(options.timestampColumn());
      ParquetLeaf leaf = new ParquetGroup(schema).leaf(field);
      List<long[]> ranges = new ArrayList<>();
      for (BlockMetaData group : groups) {
        Statistics<?> statistics = statistics(group);
        if (statistics == null
            || !statistics.hasNonNullValue()
            || !statistics.isNumNullsSet()
            || statistics.getNumNulls() != 0) {
          return false;
        }
        ranges.add(
            new long[] {
              leaf.longOf(((Number) statistics.genericGetMin()).longValue()),
              leaf.longOf(((Number) statistics.genericGetMax()).longValue())
            });
      }
      for (long[] range : ranges) {
        times.add(range[0]);
        times.add(range[1]);
      }
      return true;
    }

    private Statistics<?> statistics(BlockMetaData group) {
      for (ColumnChunkMetaData chunk : group.getColumns()) {
        String[] path = chunk.getPath().toArray();
        if (path.length == 1 && path[0].equals(options.timestampColumn())) {
          return chunk.getStatistics();
        }
      }
      return null;
    }

    void scan(ParquetFileReader file, Survey.TimeRange times) throws IOException {
      MessageType wanted = wantedColumns();
      Rows rows = new Rows(file, wanted);
      Extractor extractor = new Extractor(wanted, options);
      for (int group = 0; group < file.getRowGroups().size(); group++) {
        for (long left = rows.open(group); left > 0; left--) {
          check(rows.next(), extractor, times, rows.read() - 1);
        }
      }
    }

    private MessageType wantedColumns() {
      Set<String> names = new LinkedHashSet<>();
      names.add(options.timestampColumn());
      options.keys().forEach(key -> names.add(key.column()));
      return new MessageType(
          schema.getName(),
          schema.getFields().stream().filter(f -> names.contains(f.getName())).toList());
    }

    private void check(RowRecorder row, Extractor extractor, Survey.TimeRange times, long number) {
      String place = "row " + number + " (counted from 0)";
      try {
        times.add(extractor.millis(row));
      } catch (IllegalArgumentException e) {
        problems.add(options.timestampColumn(), place, e.getMessage());
      }
      for (int i = 0; i < options.keys().size(); i++) {
        try {
          extractor.key(row, i);
        } catch (IllegalArgumentException e) {
          problems.add(options.keys().get(i).column(), place, e.getMessage());
        }
      }
    }
  }

  /** Reads times and keys out of recorded rows. */
  private static final class Extractor {
    private final ParquetLeaf timeLeaf;
    private final int timeField;
    private final List<KeyColumn> keys;
    private final ParquetLeaf[] keyLeaves;
    private final int[] keyFields;

    Extractor(MessageType schema, ObservationOptions options) {
      ParquetGroup root = new ParquetGroup(schema);
      timeField = schema.getFieldIndex(options.timestampColumn());
      timeLeaf = root.leaf(timeField);
      keys = options.keys();
      keyLeaves = new ParquetLeaf[keys.size()];
      keyFields = new int[keys.size()];
      for (int i = 0; i < keyFields.length; i++) {
        keyFields[i] = schema.getFieldIndex(keys.get(i).column());
        keyLeaves[i] = root.leaf(keyFields[i]);
      }
    }

    long millis(RowRecorder row) {
      return Cells.millis(value(row, timeField, timeLeaf));
    }

    Object key(RowRecorder row, int i) {
      return Cells.key(value(row, keyFields[i], keyLeaves[i]), keys.get(i).type());
    }

    Object[] keys(RowRecorder row) {
      Object[] values = new Object[keyFields.length];
      for (int i = 0; i < values.length; i++) {
        values[i] = key(row, i);
      }
      return values;
    }

    private static Object value(RowRecorder row, int field, ParquetLeaf leaf) {
      return leaf == null ? Cells.OTHER : row.value(field, leaf);
    }
  }

  /** Rows of one row group after the other. */
  private static final class Rows {
    private final ParquetFileReader file;
    private final MessageColumnIO columns;
    private final MessageType wanted;
    private RecordReader<RowRecorder> records;
    private long read;

    Rows(ParquetFileReader file, MessageType wanted) {
      this.file = file;
      this.wanted = wanted;
      file.setRequestedSchema(wanted);
      columns =
          new ColumnIOFactory(file.getFileMetaData().getCreatedBy())
              .getColumnIO(wanted, file.getFileMetaData().getSchema());
    }

    /** Starts a row group and says how many rows it has. */
    long open(int group) throws IOException {
      PageReadStore pages = file.readRowGroup(group);
      records = columns.getRecordReader(pages, new RowRecorder(wanted));
      return pages.getRowCount();
    }

    RowRecorder next() {
      read++;
      return records.read();
    }

    /** How many rows were read. */
    long read() {
      return read;
    }
  }

  static ObservationIterator read(
      Path path, ParquetCodec codec, ObservationOptions options, ObservationSplit split)
      throws IOException {
    ParquetFileReader file = reader(path);
    try {
      Rows rows = new Rows(file, codec.schema());
      rows.open(split.index());
      return new Iterator(file, rows, new Extractor(codec.schema(), options), split);
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private static final class Iterator implements ObservationIterator {
    private final ParquetFileReader file;
    private final Rows rows;
    private final Extractor extractor;
    private final ObservationSplit split;

    Iterator(ParquetFileReader file, Rows rows, Extractor extractor, ObservationSplit split) {
      this.file = file;
      this.rows = rows;
      this.extractor = extractor;
      this.split = split;
    }

    @Override
    public boolean hasNext() {
      return rows.read() < split.rows();
    }

    @Override
    public Observation next() {
      if (!hasNext()) {
        throw new java.util.NoSuchElementException();
      }
      RowRecorder row = rows.next();
      return new Observation(
          split.firstRow() + rows.read() - 1,
          extractor.millis(row),
          extractor.keys(row),
          row.payload());
    }

    @Override
    public void close() {
      try {
        file.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
