package io.plumbline.jobs.generator;

import java.util.Optional;

/** What the generator did to an event on its way into the log. */
public enum RecordKind {
  /** Arrived within seconds. */
  NORMAL,
  /** Arrived at most a second before, or at, the source's lateness. */
  BARELY_IN_TIME,
  /** Stamped by a clock that is ahead, within the allowed skew. */
  AHEAD,
  /** Arrived after the source's lateness. */
  LATE("late"),
  /** Stamped by a clock that is further ahead than allowed. */
  FUTURE("future"),
  /** A copy of an event that is in the log already. */
  DUPLICATE("duplicate"),
  /** A copy that arrived after the source's lateness: it is rejected as late. */
  LATE_DUPLICATE("late"),
  /** Cut short: no JSON. */
  BROKEN_JSON("malformed"),
  /** A field without default is missing. */
  FIELD_MISSING("malformed"),
  /** A field holds a value of another type. */
  WRONG_TYPE("malformed");

  private final Optional<String> rejection;

  RecordKind() {
    this.rejection = Optional.empty();
  }

  RecordKind(String rejection) {
    this.rejection = Optional.of(rejection);
  }

  /** Why admission rejects such a record; empty where it does not. */
  public Optional<String> rejection() {
    return rejection;
  }

  /** Whether the record's payload was damaged. */
  public boolean isMalformed() {
    return this == BROKEN_JSON || this == FIELD_MISSING || this == WRONG_TYPE;
  }
}
