package io.plumbline.jobs.app;

import io.plumbline.UserError;
import io.plumbline.time.Durations;
import java.time.Duration;
import org.apache.flink.configuration.MemorySize;

/** Reads what options say. */
final class Options {
  private Options() {}

  /**
   * @throws UserError if the text is no duration
   */
  static Duration duration(String option, String text) {
    try {
      return Duration.ofMillis(Durations.parse(text));
    } catch (IllegalArgumentException e) {
      throw UserError.wrongCall(
          option + " " + text + ": write a duration such as 500ms, 10s or 5m");
    }
  }

  /**
   * @throws UserError if the text is no amount of memory
   */
  static MemorySize memory(String option, String text) {
    try {
      return MemorySize.parse(text);
    } catch (IllegalArgumentException e) {
      throw UserError.wrongCall(option + " " + text + ": write a size such as 512m or 2g");
    }
  }
}
