package io.plumbline.jobs.admission;

import java.util.Locale;

/** Why a record is not an event. */
public enum Reason {
  /** It cannot be decoded, or lacks an event time, an ingestion time or an id. */
  MALFORMED,
  /** It claims to have happened further in the log's future than clocks may be off. */
  FUTURE,
  /** It came longer after it happened than its source allows. */
  LATE,
  /** A record with its id and event time was admitted before. */
  DUPLICATE;

  /** The name in manifests, metrics and Redis. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
