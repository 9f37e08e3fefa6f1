package io.plumbline.definition;

/**
 * Which of a key's events a feature looks at. All times are epoch milliseconds UTC, all windows
 * half-open {@code [start, end)}.
 */
public sealed interface Window {

  /**
   * Windows on a grid: they end at every multiple of {@code slideMs} plus {@code offsetMs} and are
   * {@code sizeMs} long. A tumbling window is the grid whose slide is its size.
   *
   * @param sizeMs length, a positive multiple of {@code slideMs}
   * @param slideMs distance of two ends, positive
   * @param offsetMs {@code 0 <= offsetMs < slideMs}
   */
  record Sliding(long sizeMs, long slideMs, long offsetMs) implements Window {
    public Sliding {
      if (slideMs <= 0 || sizeMs <= 0 || sizeMs % slideMs != 0) {
        throw new IllegalArgumentException(
            "size " + sizeMs + " ms is not a positive multiple of slide " + slideMs + " ms");
      }
      if (offsetMs < 0 || offsetMs >= slideMs) {
        throw new IllegalArgumentException(
            "offset " + offsetMs + " ms is not within [0, " + slideMs + ")");
      }
    }

    /** Windows that follow one another without overlap. */
    public static Sliding tumbling(long sizeMs, long offsetMs) {
      return new Sliding(sizeMs, sizeMs, offsetMs);
    }

    public boolean isTumbling() {
      return sizeMs == slideMs;
    }
  }

  /**
   * Runs of events of which each is at most {@code gapMs} after the one before.
   *
   * @param gapMs positive
   */
  record Session(long gapMs) implements Window {
    public Session {
      if (gapMs <= 0) {
        throw new IllegalArgumentException("gap " + gapMs + " ms is not positive");
      }
    }
  }

  /** Every event of the key. */
  record Lifetime() implements Window {}
}
