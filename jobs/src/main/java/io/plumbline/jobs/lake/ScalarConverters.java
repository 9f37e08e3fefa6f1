package io.plumbline.jobs.lake;

import io.plumbline.time.TimeField;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.function.Function;
import java.util.function.LongUnaryOperator;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.parquet.column.Dictionary;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.Converter;
import org.apache.parquet.io.api.PrimitiveConverter;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.DecimalLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimestampLogicalTypeAnnotation;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;

/**
 * Makes the converter that reads a primitive Parquet column as an Avro type, widening int to long,
 * integers to double and float to double, and times from the column's unit to the field's.
 */
final class ScalarConverters {
  private static final long JULIAN_DAY_OF_EPOCH = 2_440_588;
  private static final long SECONDS_PER_DAY = 86_400;

  private ScalarConverters() {}

  /**
   * @param schema without null
   * @throws ColumnMismatch if the column does not hold the type
   */
  static Converter of(PrimitiveType column, Schema schema, Slot slot) {
    PrimitiveTypeName stored = column.getPrimitiveTypeName();
    boolean decimal = column.getLogicalTypeAnnotation() instanceof DecimalLogicalTypeAnnotation;
    boolean isInteger =
        !decimal && (stored == PrimitiveTypeName.INT32 || stored == PrimitiveTypeName.INT64);
    switch (schema.getType()) {
      case BOOLEAN:
        if (stored == PrimitiveTypeName.BOOLEAN) {
          return new ToBoolean(slot);
        }
        break;
      case INT:
        if (stored == PrimitiveTypeName.INT32 && !decimal) {
          return new ToInt(slot);
        }
        break;
      case LONG:
        if (isInteger || stored == PrimitiveTypeName.INT96) {
          return toLong(column, schema, slot);
        }
        break;
      case FLOAT:
        if (stored == PrimitiveTypeName.FLOAT) {
          return new ToFloat(slot);
        }
        break;
      case DOUBLE:
        if (isInteger || stored == PrimitiveTypeName.FLOAT || stored == PrimitiveTypeName.DOUBLE) {
          return new ToDouble(slot);
        }
        break;
      case STRING:
      case ENUM:
        if (stored == PrimitiveTypeName.BINARY && !decimal) {
          return new FromBinary(slot, textOf(schema));
        }
        break;
      case BYTES:
        if (stored == PrimitiveTypeName.BINARY) {
          return new FromBinary(slot, binary -> ByteBuffer.wrap(binary.getBytes()));
        }
        break;
      case FIXED:
        if (stored == PrimitiveTypeName.FIXED_LEN_BYTE_ARRAY
            && column.getTypeLength() == schema.getFixedSize()) {
          return new FromBinary(slot, binary -> new GenericData.Fixed(schema, binary.getBytes()));
        }
        break;
      default:
        break;
    }
    throw ColumnConverters.mismatch(column, schema);
  }

  private static Function<Binary, Object> textOf(Schema schema) {
    return schema.getType() == Schema.Type.ENUM
        ? binary -> new GenericData.EnumSymbol(schema, binary.toStringUsingUTF8())
        : Binary::toStringUsingUTF8;
  }

  private static Converter toLong(PrimitiveType column, Schema schema, Slot slot) {
    if (column.getPrimitiveTypeName() == PrimitiveTypeName.INT96) {
      TimeField field = TimeField.of(schema).orElseThrow();
      return new FromBinary(slot, binary -> field.value(int96(binary)));
    }
    LogicalTypeAnnotation annotation = column.getLogicalTypeAnnotation();
    if (annotation instanceof TimestampLogicalTypeAnnotation time) {
      return new ToLong(slot, rescale(perSecond(time.getUnit()), perSecond(schema)));
    }
    return new ToLong(slot, LongUnaryOperator.identity());
  }

  private static LongUnaryOperator rescale(long from, long to) {
    if (from == to) {
      return LongUnaryOperator.identity();
    }
    return from > to
        ? value -> Math.floorDiv(value, from / to)
        : value -> Math.multiplyExact(value, to / from);
  }

  private static long perSecond(LogicalTypeAnnotation.TimeUnit unit) {
    return switch (unit) {
      case MILLIS -> 1_000L;
      case MICROS -> 1_000_000L;
      case NANOS -> 1_000_000_000L;
    };
  }

  private static long perSecond(Schema schema) {
    if (schema.getLogicalType() instanceof LogicalTypes.TimestampMicros) {
      return 1_000_000L;
    }
    return schema.getLogicalType() instanceof LogicalTypes.TimestampNanos ? 1_000_000_000L : 1_000L;
  }

  /** Spark's and Hive's old form: nanoseconds of the day and the Julian day. */
  private static Instant int96(Binary binary) {
    ByteBuffer bytes = ByteBuffer.wrap(binary.getBytes()).order(ByteOrder.LITTLE_ENDIAN);
    long nanos = bytes.getLong();
    long day = bytes.getInt() - JULIAN_DAY_OF_EPOCH;
    return Instant.ofEpochSecond(day * SECONDS_PER_DAY, nanos);
  }

  private static final class ToBoolean extends PrimitiveConverter {
    private final Slot slot;

    ToBoolean(Slot slot) {
      this.slot = slot;
    }

    @Override
    public void addBoolean(boolean value) {
      slot.put(value);
    }
  }

  private static final class ToInt extends PrimitiveConverter {
    private final Slot slot;

    ToInt(Slot slot) {
      this.slot = slot;
    }

    @Override
    public void addInt(int value) {
      slot.put(value);
    }
  }

  private static final class ToLong extends PrimitiveConverter {
    private final Slot slot;
    private final LongUnaryOperator scale;

    ToLong(Slot slot, LongUnaryOperator scale) {
      this.slot = slot;
      this.scale = scale;
    }

    @Override
    public void addInt(int value) {
      slot.put((long) value);
    }

    @Override
    public void addLong(long value) {
      slot.put(scale.applyAsLong(value));
    }
  }

  private static final class ToFloat extends PrimitiveConverter {
    private final Slot slot;

    ToFloat(Slot slot) {
      this.slot = slot;
    }

    @Override
    public void addFloat(float value) {
      slot.put(value);
    }
  }

  private static final class ToDouble extends PrimitiveConverter {
    private final Slot slot;

    ToDouble(Slot slot) {
      this.slot = slot;
    }

    @Override
    public void addInt(int value) {
      slot.put((double) value);
    }

    @Override
    public void addLong(long value) {
      slot.put((double) value);
    }

    @Override
    public void addFloat(float value) {
      slot.put((double) value);
    }

    @Override
    public void addDouble(double value) {
      slot.put(value);
    }
  }

  /** Text and bytes; a dictionary's values are made once for each page of it. */
  private static final class FromBinary extends PrimitiveConverter {
    private final Slot slot;
    private final Function<Binary, Object> make;
    private Object[] dictionary = {};

    FromBinary(Slot slot, Function<Binary, Object> make) {
      this.slot = slot;
      this.make = make;
    }

    @Override
    public boolean hasDictionarySupport() {
      return true;
    }

    @Override
    public void setDictionary(Dictionary values) {
      dictionary = new Object[values.getMaxId() + 1];
      for (int i = 0; i < dictionary.length; i++) {
        dictionary[i] = make.apply(values.decodeToBinary(i));
      }
    }

    @Override
    public void addValueFromDictionary(int id) {
      slot.put(dictionary[id]);
    }

    @Override
    public void addBinary(Binary value) {
      slot.put(make.apply(value));
    }
  }
}
