package io.plumbline.jobs.app;

import io.plumbline.UserError;
import java.io.IOException;
import java.nio.file.Path;
import org.apache.flink.core.fs.UnsupportedFileSystemSchemeException;

/** Folders and URLs that options name for a job's state. */
public final class Places {
  private Places() {}

  /** A folder as a URL; URLs stay as they are. */
  public static String url(String place) {
    return place.contains("://") || place.startsWith("file:") ? place : url(Path.of(place));
  }

  /** A folder as Flink writes URLs: whatever is in its name stands there as it is. */
  public static String url(Path folder) {
    return new org.apache.flink.core.fs.Path(folder.toAbsolutePath().toUri()).toString();
  }

  /**
   * Makes the folder that an option names, as Flink in this process would do.
   *
   * @return its URL
   * @throws UserError if it cannot be had
   */
  static String made(String option, String place) {
    try {
      org.apache.flink.core.fs.Path path = new org.apache.flink.core.fs.Path(url(place));
      if (!path.getFileSystem().mkdirs(path)) {
        throw new IOException("it cannot be made");
      }
      return path.toString();
    } catch (UnsupportedFileSystemSchemeException e) {
      throw UserError.invalid(
          option
              + " "
              + place
              + ": this process knows no such file system; name a folder, or run the job on a"
              + " cluster that has Flink's plugin for it (--cluster)",
          e);
    } catch (IOException | IllegalArgumentException e) {
      throw UserError.invalid(
          option
              + " "
              + place
              + ": cannot be written ("
              + e.getMessage()
              + "); name another folder",
          e);
    }
  }
}
