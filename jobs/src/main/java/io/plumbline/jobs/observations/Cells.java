package io.plumbline.jobs.observations;

import java.time.DateTimeException;

/** Times and keys out of a column's values. Values are null, Boolean, Long, Double or String. */
final class Cells {
  /** Stands for a value that is neither a number nor a string nor a boolean. */
  static final Object OTHER =
      new Object() {
        @Override
        public String toString() {
          return "(nested or binary value)";
        }
      };

  private static final double LONG_LIMIT = 0x1p63;

  private Cells() {}

  /**
   * Epoch milliseconds.
   *
   * @throws IllegalArgumentException with a message that continues "at: line 7: "
   */
  static long millis(Object value) {
    if (value == null) {
      throw new IllegalArgumentException("there is no time");
    }
    if (value instanceof Long time) {
      return time;
    }
    if (value instanceof Double time && Math.abs(time) < LONG_LIMIT) {
      return (long) Math.floor(time);
    }
    if (value instanceof String text) {
      try {
        return IsoTime.millis(text);
      } catch (DateTimeException | ArithmeticException e) {
        throw noTime(value, e);
      }
    }
    throw noTime(value, null);
  }

  private static IllegalArgumentException noTime(Object value, Exception cause) {
    return new IllegalArgumentException(
        shown(value)
            + " is not a time; write epoch milliseconds or ISO-8601 with a zone, as in"
            + " 2026-05-01T10:00:00Z",
        cause);
  }

  /**
   * A key of the wanted type: a String, a Long or null.
   *
   * @throws IllegalArgumentException if the value does not say exactly one such key
   */
  static Object key(Object value, KeyColumn.Type type) {
    if (value == null) {
      return null;
    }
    return switch (type) {
      case STRING -> stringKey(value);
      case LONG -> longKey(value);
    };
  }

  private static String stringKey(Object value) {
    if (value instanceof String || value instanceof Long) {
      return value.toString();
    }
    throw new IllegalArgumentException(
        shown(value) + " is not a string or a whole number, as the source's string key wants");
  }

  private static Long longKey(Object value) {
    if (value instanceof Long key) {
      return key;
    }
    if (value instanceof Double key && Math.rint(key) == key && Math.abs(key) < LONG_LIMIT) {
      return key.longValue();
    }
    if (value instanceof String text) {
      try {
        return Long.valueOf(text);
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException(noLong(value), e);
      }
    }
    throw new IllegalArgumentException(noLong(value));
  }

  private static String noLong(Object value) {
    return shown(value) + " is not a whole number of 64 bits, as the source's long key wants";
  }

  private static String shown(Object value) {
    if (value instanceof String text) {
      return '"' + (text.length() > 60 ? text.substring(0, 60) + "…" : text) + '"';
    }
    return String.valueOf(value);
  }
}
