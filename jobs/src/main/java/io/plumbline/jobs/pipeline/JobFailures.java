package io.plumbline.jobs.pipeline;

import io.plumbline.UserError;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.util.SerializedThrowable;
import org.apache.flink.util.StateMigrationException;

/** Finds out whether a job failed for a reason that its user can mend. */
public final class JobFailures {
  private static final Pattern NO_FILE_SYSTEM =
      Pattern.compile("Could not find a file system implementation for scheme '([^']*)'");
  private static final Pattern NO_FOLDER =
      Pattern.compile("Failed to create directory for shared state: (\\S+)");

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
    return ofState(failure)
        .or(() -> ofPlace(failure))
        .orElseGet(() -> new IllegalStateException("the job failed", failure));
  }

  /** What is wrong with the savepoint that a job was to start from. */
  private static Optional<RuntimeException> ofState(Throwable failure) {
    for (Throwable cause = unpacked(failure); cause != null; cause = unpacked(cause.getCause())) {
      String message = String.valueOf(cause.getMessage());
      if (message.contains("Cannot map checkpoint/savepoint state")) {
        return Optional.of(
            UserError.invalid(
                "the savepoint holds state of tasks that this job does not have, as of observations"
                    + " or of another entity; start with the options and definitions that it was"
                    + " taken with, or drop that state with --drop-unknown-state",
                failure));
      }
      if (message.contains("Cannot find checkpoint or savepoint file/directory")
          || message.contains("Cannot find meta data file '_metadata'")) {
        return Optional.of(UserError.invalid("--from: " + message, failure));
      }
      if (cause instanceof StateMigrationException) {
        return Optional.of(
            UserError.invalid(
                "the savepoint was taken under other definitions: what its state holds is not what"
                    + " these features need; start from it with the definitions it was taken with",
                failure));
      }
    }
    return Optional.empty();
  }

  /** What is wrong with where state is to be kept; a cluster says it in text. */
  private static Optional<RuntimeException> ofPlace(Throwable failure) {
    for (Throwable cause = unpacked(failure); cause != null; cause = unpacked(cause.getCause())) {
      String message = String.valueOf(cause.getMessage());
      Matcher scheme = NO_FILE_SYSTEM.matcher(message);
      if (scheme.find()) {
        return Optional.of(
            UserError.invalid(
                "--checkpoints, --savepoints or --from: where the job runs there is no file system"
                    + " for "
                    + scheme.group(1)
                    + "://; name a folder, or give Flink its plugin for it",
                failure));
      }
      Matcher folder = NO_FOLDER.matcher(message);
      if (folder.find()) {
        return Optional.of(
            UserError.invalid(
                "checkpoints cannot be written to "
                    + folder.group(1)
                    + "; see to its rights, or name another folder with --checkpoints",
                failure));
      }
    }
    return Optional.empty();
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
