package io.plumbline.expression;

/** An expression that cannot be evaluated, in the user's terms. */
public final class InvalidExpression extends RuntimeException {
  private final String what;
  private final String fix;

  InvalidExpression(String what, String fix) {
    super(what + "; " + fix);
    this.what = what;
    this.fix = fix;
  }

  /** What is wrong, without a final stop. */
  public String what() {
    return what;
  }

  /** What would be right. */
  public String fix() {
    return fix;
  }
}
