package io.plumbline.jobs.lake;

import io.plumbline.jobs.lake.LakeLayout.HourFile;
import java.nio.file.Path;
import java.util.List;

/** What the lake's folders say about time. */
public final class LakeTimes {
  private LakeTimes() {}

  /**
   * The end of the last hour before which a source has records, less a millisecond, epoch ms:
   * history that was imported goes no further. {@link Long#MIN_VALUE} if there are none.
   */
  public static long last(Path lake, String source) {
    List<HourFile> files =
        LakeLayout.files(LakeLayout.records(lake, source), Long.MIN_VALUE, Long.MAX_VALUE);
    return files.isEmpty() ? Long.MIN_VALUE : files.get(files.size() - 1).fromMs() - 1;
  }
}
