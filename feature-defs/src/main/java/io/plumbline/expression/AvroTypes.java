package io.plumbline.expression;

import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.NullableType;
import dev.cel.common.types.SimpleType;
import dev.cel.common.values.CelByteString;
import dev.cel.common.values.NullValue;
import io.plumbline.time.TimeField;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericFixed;

/** How Avro's types and values look in CEL. */
final class AvroTypes {

  /** A type of CEL's and the way to its values; or, in words, why there is none. */
  record Seen(CelType type, UnaryOperator<Object> toCel, String whyNot) {
    private static Seen as(CelType type, UnaryOperator<Object> toCel) {
      return new Seen(type, toCel, null);
    }

    private static Seen not(String why) {
      return new Seen(null, null, why);
    }
  }

  private AvroTypes() {}

  /** The schema without null, also where the union holds but one type. */
  static Schema nonNull(Schema schema) {
    boolean single = schema.getType() == Schema.Type.UNION && schema.getTypes().size() == 1;
    return single ? schema.getTypes().get(0) : TimeField.nonNull(schema);
  }

  private static Seen see(Schema schema) {
    Schema bare = nonNull(schema);
    return see(bare, bare != schema);
  }

  /** How a value of this schema, or null, looks in CEL; records look like nothing. */
  static Seen see(Schema nonNull, boolean nullable) {
    Seen seen = seeNonNull(nonNull);
    boolean wrap = nullable && seen.type() != null && isWrapped(seen.type());
    return wrap ? Seen.as(NullableType.create(seen.type()), seen.toCel()) : seen;
  }

  /** Times are nullable as they are; CEL wraps only these. */
  private static boolean isWrapped(CelType type) {
    return type.equals(SimpleType.BOOL)
        || type.equals(SimpleType.INT)
        || type.equals(SimpleType.DOUBLE)
        || type.equals(SimpleType.STRING)
        || type.equals(SimpleType.BYTES);
  }

  private static Seen seeNonNull(Schema schema) {
    String logical = schema.getLogicalType() == null ? "" : schema.getLogicalType().getName();
    if (logical.equals("decimal") || logical.equals("duration")) {
      return Seen.not("is a " + logical + ", which expressions cannot hold");
    }
    if (logical.startsWith("timestamp-")) {
      TimeField time = TimeField.of(schema).orElseThrow();
      return Seen.as(SimpleType.TIMESTAMP, v -> Instant.ofEpochMilli(time.millis(v)));
    }
    return switch (schema.getType()) {
      case BOOLEAN -> Seen.as(SimpleType.BOOL, v -> v);
      case INT, LONG -> Seen.as(SimpleType.INT, v -> ((Number) v).longValue());
      case FLOAT, DOUBLE -> Seen.as(SimpleType.DOUBLE, v -> ((Number) v).doubleValue());
      case STRING, ENUM -> Seen.as(SimpleType.STRING, Object::toString);
      case BYTES -> Seen.as(SimpleType.BYTES, v -> bytes((ByteBuffer) v));
      case FIXED -> Seen.as(SimpleType.BYTES, v -> CelByteString.of(((GenericFixed) v).bytes()));
      case ARRAY -> list(see(schema.getElementType()));
      case MAP -> map(see(schema.getValueType()));
      case UNION -> Seen.not("is a union of several types, which expressions cannot hold");
      case RECORD -> Seen.not("is a record, of which expressions see the fields alone");
      case NULL -> Seen.not("is always null");
    };
  }

  private static CelByteString bytes(ByteBuffer buffer) {
    byte[] copy = new byte[buffer.remaining()];
    buffer.duplicate().get(copy);
    return CelByteString.of(copy);
  }

  private static Seen list(Seen element) {
    if (element.type() == null) {
      return Seen.not("is an array of what expressions cannot hold: each " + element.whyNot());
    }
    return Seen.as(
        ListType.create(element.type()),
        v -> {
          List<?> values = (List<?>) v;
          List<Object> converted = new ArrayList<>(values.size());
          for (Object value : values) {
            converted.add(orNull(value, element.toCel()));
          }
          return converted;
        });
  }

  private static Seen map(Seen value) {
    if (value.type() == null) {
      return Seen.not("is a map of what expressions cannot hold: each value " + value.whyNot());
    }
    return Seen.as(
        MapType.create(SimpleType.STRING, value.type()),
        v -> {
          Map<String, Object> converted = new HashMap<>();
          ((Map<?, ?>) v).forEach((k, x) -> converted.put(k.toString(), orNull(x, value.toCel())));
          return converted;
        });
  }

  private static Object orNull(Object value, UnaryOperator<Object> toCel) {
    return value == null ? NullValue.NULL_VALUE : toCel.apply(value);
  }
}
