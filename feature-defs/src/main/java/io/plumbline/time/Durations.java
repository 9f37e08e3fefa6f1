package io.plumbline.time;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as definitions write them: a whole number and one of {@code ms s m h d}. */
public final class Durations {
  private static final Pattern FORM = Pattern.compile("(\\d{1,18})(ms|s|m|h|d)");
  private static final String[] UNITS = {"d", "h", "m", "s", "ms"};
  private static final long[] MILLIS = {86_400_000L, 3_600_000L, 60_000L, 1_000L, 1L};

  private Durations() {}

  /**
   * Milliseconds of a duration such as {@code 90m}.
   *
   * @throws IllegalArgumentException if the text is no duration or does not fit a long
   */
  public static long parse(String text) {
    Matcher m = FORM.matcher(text);
    if (!m.matches()) {
      throw new IllegalArgumentException(
          "'" + text + "' is not a duration; write a whole number and ms, s, m, h or d, as in 90m");
    }
    for (int i = 0; i < UNITS.length; i++) {
      if (UNITS[i].equals(m.group(2))) {
        try {
          return Math.multiplyExact(Long.parseLong(m.group(1)), MILLIS[i]);
        } catch (ArithmeticException e) {
          throw new IllegalArgumentException("'" + text + "' is longer than time itself", e);
        }
      }
    }
    throw new AssertionError(text);
  }

  /** The shortest text that {@link #parse} reads as {@code millis}; millis not negative. */
  public static String format(long millis) {
    for (int i = 0; i < UNITS.length; i++) {
      if (millis % MILLIS[i] == 0 && (millis != 0 || i == UNITS.length - 2)) {
        return millis / MILLIS[i] + UNITS[i];
      }
    }
    throw new AssertionError(millis);
  }
}
