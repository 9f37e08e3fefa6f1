package io.plumbline.jobs.pipeline;

import io.plumbline.UserError;
import java.io.IOException;
import java.util.Locale;
import org.apache.flink.util.SerializedThrowable;

/** Finds out whether a job failed for a reason that its user can mend. */
public final class JobFailures {
  private JobFailures() {}

  /** What to throw in place of Flink's wrapping. */
  public static RuntimeException explain(Throwable failure) {
    for (Throwable cause = unpacked(failure); cause != null; cause = unpacked(cause.getCause())) {
      if (cause instanceof UserError error) {
        return error;
      }
      if (cause instanceof IOException && isDiskFull(cause)) {
        return UserError.invalid(
            "the disk is full: "
                + cause.getMessage()
                + "; make room where the job writes and in the temporary folder, and run it again",
            failure);
      }
    }
    return new IllegalStateException("the job failed", failure);
  }

  private static boolean isDiskFull(Throwable cause) {
    String message = cause.getMessage();
    return message != null && message.toLowerCase(Locale.ROOT).contains("no space left on device");
  }

  private static Throwable unpacked(Throwable cause) {
    return cause instanceof SerializedThrowable serialized
        ? serialized.deserializeError(JobFailures.class.getClassLoader())
        : cause;
  }
}
