package io.plumbline.jobs.app;

import io.plumbline.UserError;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.UnsupportedFileSystemSchemeException;

/** Folders and URLs that options name for a job's state. */
public final class Places {
  private Places() {}

  /** A folder as a URL; URLs stay as they are. */
  public static String url(String place) {
    return place.contains("://") || place.startsWith("file:")
        ? place
        : Path.of(place).toAbsolutePath().toUri().toString();
  }

  /**
   * Makes the folder that an option names, as Flink in this process would do.
   *
   * @return its URL
   * @throws UserError if it cannot be had
   */
  static String made(String option, String place) {
    try {
      URI uri = new URI(url(place));
      if (!FileSystem.get(uri).mkdirs(new org.apache.flink.core.fs.Path(uri))) {
        throw new IOException("it cannot be made");
      }
      return uri.toString();
    } catch (UnsupportedFileSystemSchemeException e) {
      throw UserError.invalid(
          option
              + " "
              + place
              + ": this process knows no such file system; name a folder, or run the job on a"
              + " cluster that has Flink's plugin for it (--cluster)",
          e);
    } catch (IOException | URISyntaxException e) {
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
