package io.plumbline.jobs.decode;

import com.fasterxml.jackson.databind.JsonNode;
import io.plumbline.time.TimeField;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;

/** Makes the reader of JSON values that fits an Avro schema; recursive schemas are allowed. */
final class JsonValues {
  private final TimeText times;
  private final Map<Schema, JsonRecord> records = new HashMap<>();

  JsonValues(TimeText times) {
    this.times = times;
  }

  JsonValue of(Schema schema) {
    return switch (schema.getType()) {
      case NULL -> node -> require(node.isNull(), null, node, "null");
      case BOOLEAN -> node -> require(node.isBoolean(), node.booleanValue(), node, "boolean");
      case INT -> JsonValues::readInt;
      case LONG -> isTimestamp(schema) ? timestamp(schema) : JsonValues::readLong;
      case FLOAT -> JsonValues::readFloat;
      case DOUBLE -> JsonValues::readDouble;
      case STRING -> node -> require(node.isTextual(), node.textValue(), node, "string");
      case BYTES -> node -> ByteBuffer.wrap(latin1(node, "bytes"));
      case FIXED -> node -> readFixed(schema, node);
      case ENUM -> node -> readEnum(schema, node);
      case ARRAY -> array(schema);
      case MAP -> map(schema);
      case RECORD -> record(schema);
      case UNION -> union(schema);
    };
  }

  JsonRecord record(Schema schema) {
    JsonRecord known = records.get(schema);
    if (known == null) {
      known = new JsonRecord(schema);
      records.put(schema, known);
      known.link(this);
    }
    return known;
  }

  static boolean isTimestamp(Schema schema) {
    return schema.getLogicalType() instanceof LogicalTypes.TimestampMillis
        || schema.getLogicalType() instanceof LogicalTypes.TimestampMicros
        || schema.getLogicalType() instanceof LogicalTypes.TimestampNanos;
  }

  private JsonValue timestamp(Schema schema) {
    TimeField field = TimeField.of(schema).orElseThrow();
    return node -> {
      if (!node.isTextual()) {
        return readLong(node);
      }
      try {
        return field.value(times.parse(node.textValue()));
      } catch (DateTimeException | ArithmeticException e) {
        throw new Malformed("not a time");
      }
    };
  }

  private JsonValue array(Schema schema) {
    JsonValue element = of(schema.getElementType());
    return node -> {
      require(node.isArray(), null, node, "array");
      List<Object> list = new GenericData.Array<>(node.size(), schema);
      for (int i = 0; i < node.size(); i++) {
        try {
          list.add(element.read(node.get(i)));
        } catch (Malformed e) {
          throw e.within("[" + i + "]");
        }
      }
      return list;
    };
  }

  private JsonValue map(Schema schema) {
    JsonValue value = of(schema.getValueType());
    return node -> {
      require(node.isObject(), null, node, "map");
      Map<String, Object> map = new HashMap<>();
      for (Map.Entry<String, JsonNode> entry : node.properties()) {
        try {
          map.put(entry.getKey(), value.read(entry.getValue()));
        } catch (Malformed e) {
          throw e.within(".*");
        }
      }
      return map;
    };
  }

  private JsonValue union(Schema schema) {
    Schema bare = TimeField.nonNull(schema);
    if (bare != schema) {
      JsonValue value = of(bare);
      return node -> node.isNull() ? null : value.read(node);
    }
    List<JsonValue> branches = new ArrayList<>();
    schema.getTypes().forEach(branch -> branches.add(of(branch)));
    return node -> {
      for (JsonValue branch : branches) {
        try {
          return branch.read(node);
        } catch (Malformed e) {
          continue;
        }
      }
      throw new Malformed(kind(node) + " fits no type of the union");
    };
  }

  private static Object readInt(JsonNode node) throws Malformed {
    require(node.isIntegralNumber(), null, node, "int");
    if (!node.canConvertToInt()) {
      throw new Malformed("integer does not fit int");
    }
    return node.intValue();
  }

  static Object readLong(JsonNode node) throws Malformed {
    require(node.isIntegralNumber(), null, node, "long");
    if (!node.canConvertToLong()) {
      throw new Malformed("integer does not fit long");
    }
    return node.longValue();
  }

  private static Object readFloat(JsonNode node) throws Malformed {
    require(node.isNumber(), null, node, "float");
    float value = node.floatValue();
    if (!Float.isFinite(value)) {
      throw new Malformed("number does not fit float");
    }
    return value;
  }

  private static Object readDouble(JsonNode node) throws Malformed {
    require(node.isNumber(), null, node, "double");
    double value = node.doubleValue();
    if (!Double.isFinite(value)) {
      throw new Malformed("number does not fit double");
    }
    return value;
  }

  private static Object readFixed(Schema schema, JsonNode node) throws Malformed {
    byte[] bytes = latin1(node, "fixed");
    if (bytes.length != schema.getFixedSize()) {
      throw new Malformed("not " + schema.getFixedSize() + " bytes long");
    }
    return new GenericData.Fixed(schema, bytes);
  }

  private static Object readEnum(Schema schema, JsonNode node) throws Malformed {
    require(node.isTextual(), null, node, "enum");
    if (!schema.hasEnumSymbol(node.textValue())) {
      throw new Malformed("not a symbol of " + schema.getName());
    }
    return new GenericData.EnumSymbol(schema, node.textValue());
  }

  private static byte[] latin1(JsonNode node, String wanted) throws Malformed {
    require(node.isTextual(), null, node, wanted);
    String text = node.textValue();
    if (text.chars().anyMatch(c -> c > 0xFF)) {
      throw new Malformed("bytes are written as characters up to U+00FF");
    }
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static Object require(boolean fits, Object value, JsonNode node, String wanted)
      throws Malformed {
    if (!fits) {
      throw new Malformed("expected " + wanted + ", found " + kind(node));
    }
    return value;
  }

  private static String kind(JsonNode node) {
    return node.isIntegralNumber() ? "integer" : node.getNodeType().name().toLowerCase(Locale.ROOT);
  }
}
