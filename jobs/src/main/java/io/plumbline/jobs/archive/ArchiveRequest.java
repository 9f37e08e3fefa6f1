package io.plumbline.jobs.archive;

import io.plumbline.UserError;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;

/**
 * What to archive, and how.
 *
 * @param definitions folder of definitions
 * @param sources names; empty for all
 * @param lake folder of the lake, which every worker can write
 * @param rollBytes bytes of records, as they lie in the log, that make a file
 * @param rollInterval how long a record may wait before readers see it, up to a checkpoint more
 * @param checkpointInterval time between two checkpoints: only what one holds is shown to readers
 */
public record ArchiveRequest(
    Path definitions,
    Set<String> sources,
    Path lake,
    long rollBytes,
    Duration rollInterval,
    Duration checkpointInterval) {
  public static final long ROLL_BYTES = 128L << 20;
  public static final Duration ROLL_INTERVAL = Duration.ofMinutes(5);
  public static final Duration CHECKPOINT_INTERVAL = Duration.ofSeconds(10);

  public ArchiveRequest {
    sources = Set.copyOf(sources);
    lake = lake.toAbsolutePath().normalize();
    if (rollBytes < 1) {
      throw UserError.wrongCall("--roll-size " + rollBytes + ": write a size such as 128m");
    }
    positive("--roll-interval", rollInterval);
    positive("--checkpoint-interval", checkpointInterval);
  }

  private static void positive(String option, Duration value) {
    if (value.toMillis() < 1) {
      throw UserError.wrongCall(option + " " + value + ": write a time such as 5m");
    }
  }
}
