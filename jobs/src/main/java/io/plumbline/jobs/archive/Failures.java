package io.plumbline.jobs.archive;

import io.plumbline.UserError;
import java.io.IOException;
import java.nio.file.Path;

/** Says what a user can do about a lake that cannot be written. */
final class Failures {
  private Failures() {}

  static UserError unwritable(Path lake, IOException cause) {
    return UserError.invalid(
        "the lake "
            + lake
            + " cannot be written: "
            + cause
            + "; make room or mend its permissions. Nothing is lost: the archive goes on where its"
            + " last checkpoint was",
        cause);
  }
}
