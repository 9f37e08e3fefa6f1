package io.plumbline.jobs.decode;

/**
 * A payload that does not hold the record its schema asks for: the first rule of admission. The
 * reason names the field and what is wrong with it, never a value, so that reasons can be counted.
 * It carries no stack trace, because bad input may be frequent.
 */
public final class Malformed extends Exception {
  private static final long serialVersionUID = 1;

  public Malformed(String reason) {
    super(reason, null, false, false);
  }

  /** What is wrong, as one line. */
  public String reason() {
    return getMessage();
  }

  /** The same mistake, seen from what holds {@code step}: a field's name, .name or [3]. */
  Malformed within(String step) {
    String inner = getMessage();
    boolean path = inner.startsWith(".") || inner.startsWith("[");
    return new Malformed(path ? step + inner : step + ": " + inner);
  }
}
