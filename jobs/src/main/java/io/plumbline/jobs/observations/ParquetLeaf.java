package io.plumbline.jobs.observations;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Base64;
import java.util.UUID;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.DateLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.DecimalLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.EnumLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.IntLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.JsonLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.StringLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimestampLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.UUIDLogicalTypeAnnotation;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;

/** What a primitive Parquet column's values mean, and how they lie in a payload. */
final class ParquetLeaf {
  private static final long MILLIS_OF_DAY = 86_400_000L;
  private static final long NANOS_OF_DAY = 86_400_000_000_000L;
  private static final long JULIAN_DAY_OF_EPOCH = 2_440_588L;

  private enum Meaning {
    BOOLEAN,
    INTEGER,
    UNSIGNED_LONG,
    FLOAT,
    DOUBLE,
    DECIMAL,
    STRING,
    UUID,
    DATE,
    TIMESTAMP,
    JULIAN_TIMESTAMP,
    BYTES
  }

  private final PrimitiveTypeName physical;
  private final Meaning meaning;
  private final LogicalTypeAnnotation.TimeUnit unit;
  private final int scale;

  ParquetLeaf(PrimitiveType type) {
    LogicalTypeAnnotation logical = type.getLogicalTypeAnnotation();
    physical = type.getPrimitiveTypeName();
    meaning = meaning(physical, logical);
    unit = logical instanceof TimestampLogicalTypeAnnotation t ? t.getUnit() : null;
    scale = logical instanceof DecimalLogicalTypeAnnotation d ? d.getScale() : 0;
  }

  private static Meaning meaning(PrimitiveTypeName physical, LogicalTypeAnnotation logical) {
    if (logical instanceof DecimalLogicalTypeAnnotation) {
      return Meaning.DECIMAL;
    }
    return switch (physical) {
      case BOOLEAN -> Meaning.BOOLEAN;
      case FLOAT -> Meaning.FLOAT;
      case DOUBLE -> Meaning.DOUBLE;
      case INT96 -> Meaning.JULIAN_TIMESTAMP;
      case INT32 -> logical instanceof DateLogicalTypeAnnotation ? Meaning.DATE : Meaning.INTEGER;
      case INT64 -> {
        if (logical instanceof TimestampLogicalTypeAnnotation) {
          yield Meaning.TIMESTAMP;
        }
        yield logical instanceof IntLogicalTypeAnnotation i && !i.isSigned()
            ? Meaning.UNSIGNED_LONG
            : Meaning.INTEGER;
      }
      case BINARY ->
          logical instanceof StringLogicalTypeAnnotation
                  || logical instanceof EnumLogicalTypeAnnotation
                  || logical instanceof JsonLogicalTypeAnnotation
              ? Meaning.STRING
              : Meaning.BYTES;
      case FIXED_LEN_BYTE_ARRAY ->
          logical instanceof UUIDLogicalTypeAnnotation ? Meaning.UUID : Meaning.BYTES;
    };
  }

  ColumnType columnType() {
    return switch (meaning) {
      case BOOLEAN -> ColumnType.BOOLEAN;
      case INTEGER -> ColumnType.LONG;
      case UNSIGNED_LONG, FLOAT, DOUBLE, DECIMAL -> ColumnType.DOUBLE;
      case STRING, UUID -> ColumnType.STRING;
      case DATE, TIMESTAMP, JULIAN_TIMESTAMP -> ColumnType.TIMESTAMP;
      case BYTES -> ColumnType.OTHER;
    };
  }

  /** Whether a larger integer of the file is a larger (or equal) {@link #value}. */
  boolean isOrdered() {
    return meaning == Meaning.INTEGER || meaning == Meaning.DATE || meaning == Meaning.TIMESTAMP;
  }

  /** Epoch milliseconds or the number itself; for leaves that are {@link #isOrdered}. */
  long longOf(long stored) {
    return switch (meaning) {
      case DATE -> stored * MILLIS_OF_DAY;
      case TIMESTAMP -> Math.floorDiv(stored, unitsPerSecond() / 1_000L);
      default -> stored;
    };
  }

  private long unitsPerSecond() {
    return switch (unit) {
      case MILLIS -> 1_000L;
      case MICROS -> 1_000_000L;
      case NANOS -> 1_000_000_000L;
    };
  }

  /** The next value as {@link ObservationCodec#values} gives it. */
  Object value(PayloadReader in) {
    return switch (meaning) {
      case BOOLEAN -> in.getByte() != 0;
      case INTEGER, DATE, TIMESTAMP -> longOf(in.getLong());
      case UNSIGNED_LONG -> unsigned(in.getLong());
      case FLOAT -> (double) Float.intBitsToFloat((int) in.getFixed(4));
      case DOUBLE -> Double.longBitsToDouble(in.getFixed(8));
      case DECIMAL -> decimal(in).doubleValue();
      case STRING -> string(in);
      case UUID -> uuid(in);
      case JULIAN_TIMESTAMP -> julian(in).toEpochMilli();
      case BYTES -> {
        skip(in);
        yield Cells.OTHER;
      }
    };
  }

  private static Object unsigned(long bits) {
    return bits >= 0
        ? (Object) (double) bits
        : new BigDecimal(Long.toUnsignedString(bits)).doubleValue();
  }

  void writeJson(PayloadReader in, JsonBuffer out) {
    switch (meaning) {
      case BOOLEAN -> out.bool(in.getByte() != 0);
      case INTEGER -> out.number(in.getLong());
      case UNSIGNED_LONG -> out.ascii(Long.toUnsignedString(in.getLong()));
      case FLOAT -> {
        float value = Float.intBitsToFloat((int) in.getFixed(4));
        out.ascii(Float.isFinite(value) ? Float.toString(value) : "null");
      }
      case DOUBLE -> out.number(Double.longBitsToDouble(in.getFixed(8)));
      case DECIMAL -> out.ascii(decimal(in).toPlainString());
      case STRING -> out.string(string(in));
      case UUID -> out.string(uuid(in));
      case DATE -> out.string(LocalDate.ofEpochDay(in.getLong()).toString());
      case TIMESTAMP -> out.string(instant(in.getLong()).toString());
      case JULIAN_TIMESTAMP -> out.string(julian(in).toString());
      case BYTES -> out.string(Base64.getEncoder().encodeToString(bytes(in)));
    }
  }

  private Instant instant(long stored) {
    long perSecond = unitsPerSecond();
    return Instant.ofEpochSecond(
        Math.floorDiv(stored, perSecond),
        Math.floorMod(stored, perSecond) * (1_000_000_000L / perSecond));
  }

  private Instant julian(PayloadReader in) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes(in)).order(ByteOrder.LITTLE_ENDIAN);
    long nanos = buffer.getLong();
    long day = buffer.getInt() - JULIAN_DAY_OF_EPOCH + Math.floorDiv(nanos, NANOS_OF_DAY);
    return Instant.ofEpochSecond(day * 86_400L, Math.floorMod(nanos, NANOS_OF_DAY));
  }

  private BigDecimal decimal(PayloadReader in) {
    return switch (physical) {
      case INT32, INT64 -> BigDecimal.valueOf(in.getLong(), scale);
      default -> new BigDecimal(new BigInteger(bytes(in)), scale);
    };
  }

  private static String uuid(PayloadReader in) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes(in));
    return new UUID(buffer.getLong(), buffer.getLong()).toString();
  }

  private static String string(PayloadReader in) {
    int length = in.getSize();
    return new String(in.bytes, in.skip(length), length, StandardCharsets.UTF_8);
  }

  private static byte[] bytes(PayloadReader in) {
    int length = in.getSize();
    int from = in.skip(length);
    return java.util.Arrays.copyOfRange(in.bytes, from, from + length);
  }

  void skip(PayloadReader in) {
    switch (physical) {
      case BOOLEAN -> in.skip(1);
      case INT32, INT64 -> in.getLong();
      case FLOAT -> in.skip(4);
      case DOUBLE -> in.skip(8);
      case BINARY, FIXED_LEN_BYTE_ARRAY, INT96 -> in.skip(in.getSize());
    }
  }

  void writeParquet(PayloadReader in, RecordConsumer out) {
    switch (physical) {
      case BOOLEAN -> out.addBoolean(in.getByte() != 0);
      case INT32 -> out.addInteger((int) in.getLong());
      case INT64 -> out.addLong(in.getLong());
      case FLOAT -> out.addFloat(Float.intBitsToFloat((int) in.getFixed(4)));
      case DOUBLE -> out.addDouble(Double.longBitsToDouble(in.getFixed(8)));
      case BINARY, FIXED_LEN_BYTE_ARRAY, INT96 -> {
        int length = in.getSize();
        out.addBinary(Binary.fromConstantByteArray(in.bytes, in.skip(length), length));
      }
    }
  }
}
