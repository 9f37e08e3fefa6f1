package io.plumbline.jobs.kafka;

/**
 * A schema registry does not answer, or not as one: nothing can be said about the value that asks
 * for it, so the job has to stop.
 */
public final class RegistryUnavailable extends RuntimeException {
  private static final long serialVersionUID = 1;

  RegistryUnavailable(String message, Throwable cause) {
    super(message, cause);
  }
}
