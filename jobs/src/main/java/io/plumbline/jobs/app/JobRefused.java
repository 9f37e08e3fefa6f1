package io.plumbline.jobs.app;

/**
 * Tells Flink that a verb failed. Flink prints it with the stack trace of its own call, so it has
 * none: its message is what the user needs.
 */
public final class JobRefused extends RuntimeException {
  private static final long serialVersionUID = 1;

  JobRefused(String message) {
    super(message, null, false, false);
  }
}
