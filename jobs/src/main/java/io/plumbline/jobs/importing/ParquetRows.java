package io.plumbline.jobs.importing;

import io.plumbline.UserError;
import io.plumbline.jobs.decode.Malformed;
import io.plumbline.jobs.decode.MissingField;
import io.plumbline.jobs.lake.ColumnMismatch;
import io.plumbline.jobs.lake.ParquetTable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongConsumer;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;

/** Rows of a Parquet file. */
final class ParquetRows implements Rows {
  private static final int PROGRESS_ROWS = 1 << 14;

  private final ParquetTable table;
  private final Optional<Path> unpacked;
  private final Schema schema;
  private final MissingField[] missing;
  private final boolean[] present;
  private final LongConsumer read;
  private final long size;
  private long row;

  /**
   * @param extra names of columns beside the schema's that the import asks for
   * @param read told of the bytes that were read, in steps
   */
  ParquetRows(Path path, Schema schema, Set<String> extra, LongConsumer read) throws IOException {
    this.schema = schema;
    this.read = read;
    size = Files.size(path);
    unpacked = InputFile.isGzip(path) ? Optional.of(unpack(path)) : Optional.empty();
    table = ParquetTable.open(unpacked.orElse(path));
    List<Schema.Field> fields = schema.getFields();
    missing = fields.stream().map(MissingField::of).toArray(MissingField[]::new);
    present = new boolean[fields.size()];
    fields.forEach(f -> present[f.pos()] = table.columns().containsField(f.name()));
    try {
      table.readAs(schema, others(extra));
    } catch (ColumnMismatch e) {
      close();
      throw UserError.invalid(path + ": " + e.getMessage() + "; convert the column first", e);
    }
  }

  @Override
  public Row next() {
    GenericData.Record next = table.next();
    row++;
    if (row % PROGRESS_ROWS == 0) {
      read.accept((long) ((double) size * PROGRESS_ROWS / table.rowCount()));
    }
    return next == null ? null : new ParquetRow(row, next);
  }

  @Override
  public void close() throws IOException {
    table.close();
    if (unpacked.isPresent()) {
      Files.deleteIfExists(unpacked.get());
    }
  }

  private static Path unpack(Path path) throws IOException {
    Path copy = Files.createTempFile("plumbline", ".parquet");
    try (InputStream in = InputFile.open(path, bytes -> {})) {
      Files.copy(in, copy, StandardCopyOption.REPLACE_EXISTING);
      return copy;
    } catch (IOException e) {
      Files.deleteIfExists(copy);
      throw InputFile.unreadable(path, e);
    }
  }

  private Map<String, Schema> others(Set<String> names) {
    Map<String, Schema> others = new LinkedHashMap<>();
    for (String name : names) {
      if (table.columns().containsField(name) && schema.getField(name) == null) {
        others.put(name, typeOf(table.columns().getType(name)));
      }
    }
    return others;
  }

  /** Text stays text; everything else must be an integer or a time. */
  private static Schema typeOf(Type column) {
    boolean text =
        column.isPrimitive()
            && ((PrimitiveType) column).getPrimitiveTypeName() == PrimitiveTypeName.BINARY;
    return text
        ? Schema.create(Schema.Type.STRING)
        : LogicalTypes.timestampMillis().addToSchema(Schema.create(Schema.Type.LONG));
  }

  private final class ParquetRow implements Row {
    private final long at;
    private final GenericData.Record values;

    ParquetRow(long at, GenericData.Record values) {
      this.at = at;
      this.values = values;
    }

    @Override
    public long line() {
      return at;
    }

    @Override
    public Object raw(String field) throws Malformed {
      Object value = values.hasField(field) ? values.get(field) : table.other(field);
      if (value instanceof Integer small) {
        return small.longValue();
      }
      if (value == null || value instanceof Long || value instanceof String) {
        return value;
      }
      throw new Malformed(field + ": neither an integer nor text");
    }

    @Override
    public GenericData.Record record() throws Malformed {
      GenericData.Record record = new GenericData.Record(schema);
      for (int i = 0; i < present.length; i++) {
        Schema.Field field = schema.getFields().get(i);
        Object value = values.get(i);
        if (!present[i] && !missing[i].allowed()) {
          throw new Malformed(field.name() + ": missing");
        }
        if (value == null && !field.schema().isNullable()) {
          throw new Malformed(field.name() + ": null");
        }
        record.put(i, value);
      }
      return record;
    }

    @Override
    public byte[] payload() {
      return values.toString().getBytes(StandardCharsets.UTF_8);
    }
  }
}
