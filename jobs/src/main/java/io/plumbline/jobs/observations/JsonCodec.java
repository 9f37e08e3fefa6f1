package io.plumbline.jobs.observations;

import java.io.Serial;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Types;

/**
 * Observations out of JSON lines or CSV. A payload holds, for each column, the length + 1 of its
 * value's JSON text and that text, byte by byte as in the file (CSV: made of the cell); 0 for a
 * value that is missing or null.
 */
public final class JsonCodec implements ObservationCodec {
  @Serial private static final long serialVersionUID = 1L;

  private final ArrayList<ObservationColumn> columns = new ArrayList<>();
  private final JsonType[] types;
  private final byte[][] names;

  JsonCodec(List<String> columnNames, List<JsonType> columnTypes) {
    types = columnTypes.toArray(new JsonType[0]);
    names = new byte[types.length][];
    for (int i = 0; i < types.length; i++) {
      columns.add(new ObservationColumn(columnNames.get(i), types[i].columnType()));
      names[i] = JsonBuffer.quoted(columnNames.get(i));
    }
  }

  JsonType type(int column) {
    return types[column];
  }

  @Override
  public List<ObservationColumn> columns() {
    return columns;
  }

  @Override
  public Object[] values(byte[] payload) {
    PayloadReader in = new PayloadReader(payload);
    Object[] values = new Object[types.length];
    for (int i = 0; i < values.length; i++) {
      int length = in.getSize() - 1;
      if (length >= 0) {
        values[i] = value(types[i], payload, in.skip(length), length);
      }
    }
    return values;
  }

  private static Object value(JsonType type, byte[] payload, int from, int length) {
    return switch (type) {
      case LONG, BOOLEAN -> JsonText.value(payload, from, length);
      case DOUBLE -> ((Number) JsonText.value(payload, from, length)).doubleValue();
      case TIMESTAMP ->
          Math.floorDiv(
              IsoTime.exactMicros((String) JsonText.value(payload, from, length)), 1_000L);
      case STRING -> text(payload, from, length);
      case JSON -> Cells.OTHER;
    };
  }

  private static String text(byte[] payload, int from, int length) {
    return payload[from] == '"'
        ? (String) JsonText.value(payload, from, length)
        : new String(payload, from, length, StandardCharsets.UTF_8);
  }

  @Override
  public void writeJson(byte[] payload, JsonBuffer out) {
    PayloadReader in = new PayloadReader(payload);
    for (byte[] name : names) {
      out.field(name);
      int length = in.getSize() - 1;
      if (length < 0) {
        out.nil();
      } else {
        out.raw(payload, in.skip(length), length);
      }
    }
  }

  @Override
  public List<Type> parquetFields() {
    List<Type> fields = new ArrayList<>();
    for (int i = 0; i < types.length; i++) {
      String name = columns.get(i).name();
      fields.add(
          switch (types[i]) {
            case LONG -> Types.optional(PrimitiveTypeName.INT64).named(name);
            case DOUBLE -> Types.optional(PrimitiveTypeName.DOUBLE).named(name);
            case BOOLEAN -> Types.optional(PrimitiveTypeName.BOOLEAN).named(name);
            case TIMESTAMP ->
                Types.optional(PrimitiveTypeName.INT64)
                    .as(LogicalTypeAnnotation.timestampType(true, TimeUnit.MICROS))
                    .named(name);
            case STRING, JSON ->
                Types.optional(PrimitiveTypeName.BINARY)
                    .as(LogicalTypeAnnotation.stringType())
                    .named(name);
          });
    }
    return fields;
  }

  @Override
  public void writeParquet(byte[] payload, RecordConsumer out) {
    PayloadReader in = new PayloadReader(payload);
    for (int i = 0; i < types.length; i++) {
      int length = in.getSize() - 1;
      if (length >= 0) {
        String name = columns.get(i).name();
        out.startField(name, i);
        writeParquet(types[i], payload, in.skip(length), length, out);
        out.endField(name, i);
      }
    }
  }

  private static void writeParquet(
      JsonType type, byte[] payload, int from, int length, RecordConsumer out) {
    switch (type) {
      case LONG -> out.addLong((Long) JsonText.value(payload, from, length));
      case DOUBLE -> out.addDouble(((Number) JsonText.value(payload, from, length)).doubleValue());
      case BOOLEAN -> out.addBoolean(payload[from] == 't');
      case TIMESTAMP ->
          out.addLong(IsoTime.exactMicros((String) JsonText.value(payload, from, length)));
      case STRING -> out.addBinary(Binary.fromString(text(payload, from, length)));
      case JSON -> out.addBinary(Binary.fromConstantByteArray(payload, from, length));
    }
  }
}
