package io.plumbline.time;

/** When an event counts as known. */
public enum Knowledge {
  /** From the moment the log accepted it: what serving could have known. */
  AS_KNOWN,
  /** From the moment it happened: what a perfect log would have known. Bounded input only. */
  HINDSIGHT;

  /**
   * The time from which an event is known, epoch ms.
   *
   * @param eventTime when it happened, not after {@code ingestedAt}
   * @param ingestedAt when the log accepted it
   */
  public long knownAt(long eventTime, long ingestedAt) {
    return this == AS_KNOWN ? ingestedAt : eventTime;
  }

  /**
   * How long after its event time an event can still become known, in ms.
   *
   * @param latenessMs the source's lateness
   */
  public long lag(long latenessMs) {
    return this == AS_KNOWN ? latenessMs : 0;
  }

  /** The name in options and manifests. */
  public String label() {
    return this == AS_KNOWN ? "as-known" : "hindsight";
  }
}
