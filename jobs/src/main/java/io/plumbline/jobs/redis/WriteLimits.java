package io.plumbline.jobs.redis;

import java.io.Serializable;
import java.time.Duration;

/**
 * How much a writer gathers and keeps.
 *
 * @param linger the least time between two flushes that are not full: the first update after a
 *     quiet while goes out at once, those that follow go together
 * @param batch the most commands of one flush
 * @param inFlight the most commands that may wait for a reply
 * @param buffered the most items to keep before input is held back
 * @param bytes the most bytes that kept items may have, of those whose size differs much, before
 *     input is held back
 * @param firstBackoff how long to wait after a failure; doubles with each failure after it
 * @param longestBackoff the longest wait between attempts
 */
public record WriteLimits(
    Duration linger,
    int batch,
    int inFlight,
    int buffered,
    long bytes,
    Duration firstBackoff,
    Duration longestBackoff)
    implements Serializable {

  /** Small enough for freshness, large enough for speed. */
  public static final WriteLimits DEFAULT =
      new WriteLimits(
          Duration.ofMillis(5),
          500,
          2000,
          50_000,
          32 << 20,
          Duration.ofMillis(20),
          Duration.ofSeconds(1));

  /** These limits with another linger. */
  public WriteLimits withLinger(Duration time) {
    return new WriteLimits(time, batch, inFlight, buffered, bytes, firstBackoff, longestBackoff);
  }

  /** These limits with another buffer. */
  public WriteLimits withBuffered(int items) {
    return new WriteLimits(linger, batch, inFlight, items, bytes, firstBackoff, longestBackoff);
  }

  /** These limits with a buffer of so many bytes. */
  public WriteLimits withBytes(long most) {
    return new WriteLimits(linger, batch, inFlight, buffered, most, firstBackoff, longestBackoff);
  }
}
