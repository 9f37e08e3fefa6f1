package io.plumbline.savepoints.rollback;

/** What a rollback has behind it, in this order. */
enum Step {
  BEGUN,
  /** The bad job is gone. */
  STOPPED,
  /** No older generation can write any more. */
  FENCED,
  /** The good job was handed over. */
  SUBMITTED,
  /** All its tasks run. */
  RUNNING,
  /** Redis has the first value of it. */
  FIRST_VALUE,
  /** Redis has every key that it knows. */
  REWRITTEN,
  /** It has read as far as the bad job had. */
  CAUGHT_UP,
  /** Nothing is left that an older generation wrote. */
  DONE
}
