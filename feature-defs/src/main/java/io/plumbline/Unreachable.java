package io.plumbline;

/** Something that is to be there does not answer. It may do so later. */
public final class Unreachable extends UserError {
  private static final long serialVersionUID = 1L;

  /**
   * Says what does not answer, and what to do.
   *
   * @param cause for those who debug; null if there is none
   */
  public Unreachable(String message, Throwable cause) {
    super(Exit.NO, message, cause);
  }
}
