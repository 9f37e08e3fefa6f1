package io.plumbline.jobs.observations;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.io.NumberInput;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Reads a single JSON value out of valid JSON text in UTF-8. */
final class JsonText {
  private static final JsonMapper MAPPER = new JsonMapper();
  private static final int DIGITS_OF_ANY_LONG = 18;

  private JsonText() {}

  /**
   * Null, Boolean, Long, Double, String; {@link Cells#OTHER} for arrays, objects and numbers that
   * fit neither a long nor a finite double.
   */
  static Object value(byte[] bytes, int from, int length) {
    return switch (bytes[from]) {
      case '"' -> string(bytes, from, length);
      case 't' -> true;
      case 'f' -> false;
      case 'n' -> null;
      case '[', '{' -> Cells.OTHER;
      default -> number(bytes, from, length);
    };
  }

  private static Object number(byte[] bytes, int from, int length) {
    long value = 0;
    boolean integer = true;
    for (int i = from; i < from + length && integer; i++) {
      byte b = bytes[i];
      integer = b == '-' || (b >= '0' && b <= '9');
      value = b == '-' ? value : value * 10 + (b - '0');
    }
    if (integer && length <= DIGITS_OF_ANY_LONG) {
      return bytes[from] == '-' ? -value : value;
    }
    String text = new String(bytes, from, length, StandardCharsets.US_ASCII);
    try {
      Object number =
          integer ? (Object) Long.valueOf(text) : (Object) NumberInput.parseDouble(text, true);
      return number instanceof Double d && d.isInfinite() ? Cells.OTHER : number;
    } catch (NumberFormatException e) {
      return Cells.OTHER;
    }
  }

  private static String string(byte[] bytes, int from, int length) {
    for (int i = from; i < from + length; i++) {
      if (bytes[i] == '\\') {
        return unescaped(bytes, from, length);
      }
    }
    return new String(bytes, from + 1, length - 2, StandardCharsets.UTF_8);
  }

  private static String unescaped(byte[] bytes, int from, int length) {
    try (JsonParser parser = MAPPER.createParser(bytes, from, length)) {
      parser.nextToken();
      return parser.getText();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
