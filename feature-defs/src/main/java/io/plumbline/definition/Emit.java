package io.plumbline.definition;

/** Which window a feature shows. */
public enum Emit {
  /** The window that is open at the time asked about, as far as it is known. */
  LIVE,
  /** The last window that can no longer change. */
  CLOSED
}
