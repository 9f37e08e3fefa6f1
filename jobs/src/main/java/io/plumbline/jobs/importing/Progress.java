package io.plumbline.jobs.importing;

import java.io.PrintStream;
import java.util.Locale;
import java.util.function.LongSupplier;

/** A line for each second of long work: rows, megabytes of all, and the time left. */
final class Progress {
  private static final long SECOND = 1_000_000_000L;
  private static final long QUIET = 2 * SECOND;
  private static final double MB = 1e6;

  private final PrintStream out;
  private final LongSupplier nanos;
  private final long start;
  private long next;
  private long totalBytes;
  private long bytes;

  /**
   * @param nanos a clock in nanoseconds
   */
  Progress(PrintStream out, LongSupplier nanos) {
    this.out = out;
    this.nanos = nanos;
    start = nanos.getAsLong();
    next = start + QUIET;
  }

  void expect(long moreBytes) {
    totalBytes += moreBytes;
  }

  void read(long moreBytes) {
    bytes += moreBytes;
  }

  /** Tells how far reading is. */
  void rows(long rows) {
    if (isDue()) {
      long left = secondsLeft(bytes, totalBytes);
      out.printf(
          Locale.ROOT,
          "%,d rows, %.1f of %.1f MB, about %d s left%n",
          rows,
          bytes / MB,
          totalBytes / MB,
          left);
    }
  }

  /** Tells how far writing is. */
  void files(long done, long all) {
    if (isDue()) {
      out.printf(Locale.ROOT, "%,d of %,d hours written%n", done, all);
    }
  }

  private boolean isDue() {
    long now = nanos.getAsLong();
    if (now - next < 0) {
      return false;
    }
    next = now + SECOND;
    return true;
  }

  private long secondsLeft(long done, long all) {
    double spent = (double) (nanos.getAsLong() - start) / SECOND;
    return done == 0 ? 0 : Math.round(spent * Math.max(0, all - done) / done);
  }
}
