package io.plumbline;

/**
 * A mistake of the user's, or of the user's input: the command line prints its message, one
 * paragraph that names the file, the value and the fix, and no stack trace.
 */
public class UserError extends RuntimeException {

  /** What the command line's exit code says. */
  public enum Exit {
    /** The answer is no: mismatch, drift, invalid input. */
    NO(1),
    /** The call was wrong: arguments, files that are not there. */
    WRONG_CALL(2);

    private final int code;

    Exit(int code) {
      this.code = code;
    }

    public int code() {
      return code;
    }
  }

  private final Exit exit;

  protected UserError(Exit exit, String message, Throwable cause) {
    super(message, cause);
    this.exit = exit;
  }

  /** The input is wrong. */
  public static UserError invalid(String message) {
    return new UserError(Exit.NO, message, null);
  }

  /** The input is wrong, as {@code cause} tells those who debug. */
  public static UserError invalid(String message, Throwable cause) {
    return new UserError(Exit.NO, message, cause);
  }

  /** The call is wrong. */
  public static UserError wrongCall(String message) {
    return new UserError(Exit.WRONG_CALL, message, null);
  }

  public Exit exit() {
    return exit;
  }
}
