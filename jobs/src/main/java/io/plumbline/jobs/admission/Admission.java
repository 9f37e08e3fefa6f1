package io.plumbline.jobs.admission;

import io.plumbline.definition.Source;
import io.plumbline.time.Knowledge;
import io.plumbline.time.TileGrid;
import java.util.Optional;

/**
 * Judges a decoded record by its own two times, the same in every mode. Whether it is a duplicate
 * is judged after this, by {@link Deduplication}.
 */
public final class Admission {
  private final long latenessMs;
  private final long maxClockSkewMs;
  private final Knowledge knowledge;

  public Admission(Source source, Knowledge knowledge) {
    this.latenessMs = source.latenessMs();
    this.maxClockSkewMs = source.maxClockSkewMs();
    this.knowledge = knowledge;
  }

  /**
   * Why the record is rejected; empty if it is admitted.
   *
   * @param sentTime event time as sent, epoch ms
   * @param ingestedAt epoch ms
   */
  public Optional<Reason> judge(long sentTime, long ingestedAt) {
    if (sentTime > TileGrid.saturatedAdd(ingestedAt, maxClockSkewMs)) {
      return Optional.of(Reason.FUTURE);
    }
    if (knowledge == Knowledge.AS_KNOWN
        && ingestedAt > TileGrid.saturatedAdd(sentTime, latenessMs)) {
      return Optional.of(Reason.LATE);
    }
    return Optional.empty();
  }

  /** The event time that counts: a clock ahead is set back to the time of ingestion. */
  public static long eventTime(long sentTime, long ingestedAt) {
    return Math.min(sentTime, ingestedAt);
  }
}
