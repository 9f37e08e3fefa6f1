package io.plumbline.jobs.observations;

import io.plumbline.time.TimeField;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;

/**
 * ISO-8601 times, quickly where they are written as {@code 2026-05-01T10:00:00.123456Z} with up to
 * six decimals, which is how nearly all are.
 */
final class IsoTime {
  private static final int SECONDS = "2026-05-01T10:00:00Z".length();
  private static final int MICROS = "2026-05-01T10:00:00.123456Z".length();
  private static final long NONE = Long.MIN_VALUE;

  private IsoTime() {}

  /**
   * Epoch milliseconds, floored.
   *
   * @throws DateTimeException if it is no time with a zone
   * @throws ArithmeticException if it is too far from the epoch
   */
  static long millis(String text) {
    long micros = commonMicros(text);
    return micros == NONE ? TimeField.parseIso(text) : Math.floorDiv(micros, 1_000L);
  }

  /**
   * Epoch microseconds of a time in UTC, told by {@code Z}, that has no finer part.
   *
   * @throws DateTimeException if it is no such time
   * @throws ArithmeticException if it is too far from the epoch
   */
  static long exactMicros(String text) {
    long micros = commonMicros(text);
    if (micros != NONE) {
      return micros;
    }
    Instant time = Instant.parse(text);
    if (!text.endsWith("Z") || time.getNano() % 1_000 != 0) {
      throw new DateTimeException(text + " is not in UTC or has nanoseconds");
    }
    return Math.addExact(
        Math.multiplyExact(time.getEpochSecond(), 1_000_000L), time.getNano() / 1_000L);
  }

  private static long commonMicros(String text) {
    int length = text.length();
    if (length < SECONDS
        || length > MICROS
        || length == SECONDS + 1
        || text.charAt(4) != '-'
        || text.charAt(7) != '-'
        || text.charAt(10) != 'T'
        || text.charAt(13) != ':'
        || text.charAt(16) != ':'
        || text.charAt(length - 1) != 'Z'
        || (length > SECONDS && text.charAt(19) != '.')) {
      return NONE;
    }
    int year = digits(text, 0, 4);
    int month = digits(text, 5, 7);
    int day = digits(text, 8, 10);
    int hour = digits(text, 11, 13);
    int minute = digits(text, 14, 16);
    int second = digits(text, 17, 19);
    int fraction = length == SECONDS ? 0 : digits(text, 20, length - 1);
    if ((year | month | day | hour | minute | second | fraction) < 0
        || hour > 23
        || minute > 59
        || second > 59) {
      return NONE;
    }
    for (int decimals = length - 1 - SECONDS; decimals >= 0 && decimals < 6; decimals++) {
      fraction *= 10;
    }
    long seconds = LocalDate.of(year, month, day).toEpochDay() * 86_400L;
    return (seconds + hour * 3_600L + minute * 60L + second) * 1_000_000L + fraction;
  }

  /** The number written there; negative if there are other characters than digits. */
  private static int digits(String text, int from, int to) {
    int value = 0;
    for (int i = from; i < to; i++) {
      int digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      value = value * 10 + digit;
    }
    return value;
  }
}
