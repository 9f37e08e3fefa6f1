package io.plumbline.jobs.observations;

import java.time.DateTimeException;

/** What a column of JSON values holds. */
enum JsonType {
  LONG(ColumnType.LONG),
  /** Numbers, not all of them integers. */
  DOUBLE(ColumnType.DOUBLE),
  BOOLEAN(ColumnType.BOOLEAN),
  /** Strings, each a UTC time with no more than microseconds. */
  TIMESTAMP(ColumnType.TIMESTAMP),
  /** Strings, or scalars of several types, each told by its text. */
  STRING(ColumnType.STRING),
  /** Anything with a nested value among it: told by its JSON. */
  JSON(ColumnType.OTHER);

  private static final int SHORTEST_TIME = "2026-05-01T10:00Z".length();

  private final ColumnType columnType;

  JsonType(ColumnType columnType) {
    this.columnType = columnType;
  }

  ColumnType columnType() {
    return columnType;
  }

  /** Narrows down a column's type, value by value. */
  static final class Inference {
    private JsonType type;

    /** Takes a value as {@link JsonText#value} gives it. */
    void add(Object value) {
      JsonType seen = value == null || type == JSON ? null : typeOf(value);
      if (seen == null || seen == type) {
        return;
      }
      if (type == null) {
        type = seen;
      } else if (seen == JSON) {
        type = JSON;
      } else {
        boolean numbers = (type == LONG || type == DOUBLE) && (seen == LONG || seen == DOUBLE);
        type = numbers ? DOUBLE : STRING;
      }
    }

    private JsonType typeOf(Object value) {
      if (value instanceof Long) {
        return LONG;
      }
      if (value instanceof Double) {
        return DOUBLE;
      }
      if (value instanceof Boolean) {
        return BOOLEAN;
      }
      if (value instanceof String text) {
        return type != STRING && isTimestamp(text) ? TIMESTAMP : STRING;
      }
      return JSON;
    }

    /** The narrowest type that holds all values; that of strings where there was none. */
    JsonType type() {
      return type == null ? STRING : type;
    }
  }

  private static boolean isTimestamp(String text) {
    if (text.length() < SHORTEST_TIME || text.charAt(10) != 'T') {
      return false;
    }
    try {
      IsoTime.exactMicros(text);
      return true;
    } catch (DateTimeException | ArithmeticException e) {
      return false;
    }
  }
}
