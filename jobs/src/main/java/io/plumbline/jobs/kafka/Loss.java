package io.plumbline.jobs.kafka;

/** What to do where the log has dropped records before they were read. */
public enum Loss {
  /** Fail, and say which. */
  REFUSED,
  /** Go on with the first record that is left, and count those between. */
  ACCEPTED
}
