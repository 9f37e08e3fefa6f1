package io.plumbline.jobs.decode;

import com.fasterxml.jackson.databind.node.TextNode;
import io.plumbline.time.TimeField;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;

/** Makes the reader of CSV fields that fits an Avro schema. */
final class CsvValues {
  private final TimeText times;

  CsvValues(TimeText times) {
    this.times = times;
  }

  CsvValue of(Schema schema) {
    return switch (schema.getType()) {
      case NULL ->
          text -> {
            throw new Malformed("expected nothing");
          };
      case BOOLEAN -> CsvValues::readBoolean;
      case INT -> CsvValues::readInt;
      case LONG -> JsonValues.isTimestamp(schema) ? timestamp(schema) : CsvValues::readLong;
      case FLOAT -> CsvValues::readFloat;
      case DOUBLE -> CsvValues::readDouble;
      case STRING -> text -> text;
      case BYTES, FIXED, ENUM -> text(schema);
      case ARRAY, MAP, RECORD -> json(schema);
      case UNION -> union(schema);
    };
  }

  private CsvValue timestamp(Schema schema) {
    TimeField field = TimeField.of(schema).orElseThrow();
    return text -> {
      if (isInteger(text.strip())) {
        return readLong(text);
      }
      try {
        return field.value(times.parse(text.strip()));
      } catch (DateTimeException | ArithmeticException e) {
        throw new Malformed("not a time");
      }
    };
  }

  private CsvValue text(Schema schema) {
    JsonValue value = new JsonValues(times).of(schema);
    return text -> value.read(TextNode.valueOf(text));
  }

  private CsvValue json(Schema schema) {
    JsonValue value = new JsonValues(times).of(schema);
    return text -> value.read(JsonDecoder.parseAny(text.getBytes(StandardCharsets.UTF_8)));
  }

  private CsvValue union(Schema schema) {
    List<CsvValue> branches = new ArrayList<>();
    for (Schema branch : schema.getTypes()) {
      if (branch.getType() != Schema.Type.NULL) {
        branches.add(of(branch));
      }
    }
    if (branches.size() == 1) {
      return branches.get(0);
    }
    return text -> {
      for (CsvValue branch : branches) {
        try {
          return branch.read(text);
        } catch (Malformed e) {
          continue;
        }
      }
      throw new Malformed("fits no type of the union");
    };
  }

  private static Object readBoolean(String text) throws Malformed {
    String bare = text.strip();
    if (bare.equalsIgnoreCase("true")) {
      return true;
    }
    if (bare.equalsIgnoreCase("false")) {
      return false;
    }
    throw new Malformed("expected true or false");
  }

  private static Object readInt(String text) throws Malformed {
    try {
      return Integer.parseInt(text.strip());
    } catch (NumberFormatException e) {
      throw new Malformed("not an int");
    }
  }

  private static Object readLong(String text) throws Malformed {
    try {
      return Long.parseLong(text.strip());
    } catch (NumberFormatException e) {
      throw new Malformed("not a long");
    }
  }

  private static Object readFloat(String text) throws Malformed {
    float value = isDecimal(text) ? Float.parseFloat(text.strip()) : Float.NaN;
    if (!Float.isFinite(value)) {
      throw new Malformed("not a float");
    }
    return value;
  }

  private static Object readDouble(String text) throws Malformed {
    double value = isDecimal(text) ? Double.parseDouble(text.strip()) : Double.NaN;
    if (!Double.isFinite(value)) {
      throw new Malformed("not a double");
    }
    return value;
  }

  static boolean isInteger(String text) {
    int start = text.startsWith("-") || text.startsWith("+") ? 1 : 0;
    return text.length() > start && text.chars().skip(start).allMatch(c -> c >= '0' && c <= '9');
  }

  /** Java reads more as a double than data should hold: 1d, 0x1p3, NaN. */
  private static boolean isDecimal(String text) {
    String bare = text.strip();
    int i = skipSign(bare, 0);
    int whole = skipDigits(bare, i);
    int end = whole;
    int digits = whole - i;
    if (end < bare.length() && bare.charAt(end) == '.') {
      int fraction = skipDigits(bare, end + 1);
      digits += fraction - end - 1;
      end = fraction;
    }
    if (digits > 0 && end < bare.length() && (bare.charAt(end) | 0x20) == 'e') {
      int exponent = skipSign(bare, end + 1);
      end = skipDigits(bare, exponent);
      digits = end - exponent;
    }
    return digits > 0 && end == bare.length();
  }

  private static int skipSign(String text, int at) {
    return at < text.length() && (text.charAt(at) == '-' || text.charAt(at) == '+') ? at + 1 : at;
  }

  private static int skipDigits(String text, int from) {
    int at = from;
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      at++;
    }
    return at;
  }
}
