package io.plumbline.jobs.redis;

import io.plumbline.UserError;
import org.apache.flink.runtime.throwable.ThrowableAnnotation;
import org.apache.flink.runtime.throwable.ThrowableType;

/**
 * Redis says that this job must not write. Starting it again would not help, so Flink does not: the
 * job fails, whatever its restart strategy.
 */
@ThrowableAnnotation(ThrowableType.NonRecoverableError)
public final class Refused extends UserError {
  private static final long serialVersionUID = 1L;

  Refused(String message) {
    super(Exit.NO, message, null);
  }

  Refused(String message, Throwable cause) {
    super(Exit.NO, message, cause);
  }
}
