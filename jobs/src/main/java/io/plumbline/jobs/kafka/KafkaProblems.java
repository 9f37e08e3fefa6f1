package io.plumbline.jobs.kafka;

import io.plumbline.Unreachable;
import io.plumbline.UserError;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.RecordTooLargeException;

/**
 * Waits for a cluster, and says what is wrong when it does not do what it was asked to.
 *
 * @param patience with one answer
 */
record KafkaProblems(String bootstrap, Duration patience) {
  /** Clients give up by themselves after the patience; this is for those that do not. */
  private static final Duration GRACE = Duration.ofSeconds(1);

  /**
   * What a future brings.
   *
   * @param what is asked for, as in "read topic clicks"
   * @throws UserError if it brings a failure, or nothing in time
   */
  <T> T await(Future<T> future, String what) {
    try {
      return future.get(patience.plus(GRACE).toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw explain(e.getCause(), what);
    } catch (TimeoutException e) {
      throw unreachable(what, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw UserError.invalid("interrupted before Kafka at " + bootstrap + " could " + what, e);
    }
  }

  /** What a failure means. */
  UserError explain(Throwable failure, String what) {
    if (failure instanceof AuthenticationException) {
      return UserError.invalid(
          "Kafka at "
              + bootstrap
              + " does not accept who we are ("
              + firstLine(failure)
              + "); correct user, password or certificates in the Kafka settings",
          failure);
    }
    if (failure instanceof AuthorizationException) {
      return UserError.invalid(
          "Kafka at "
              + bootstrap
              + " does not let us "
              + what
              + " ("
              + firstLine(failure)
              + "); grant it to this user",
          failure);
    }
    if (failure instanceof RecordTooLargeException) {
      return UserError.invalid(
          "Kafka at "
              + bootstrap
              + " does not "
              + what
              + ": a record is too large; raise max.message.bytes of the topic and max.request.size"
              + " in the Kafka settings",
          failure);
    }
    if (failure instanceof org.apache.kafka.common.errors.TimeoutException) {
      return unreachable(what, failure);
    }
    return UserError.invalid(
        "Kafka at " + bootstrap + " cannot " + what + ": " + firstLine(failure), failure);
  }

  /** A client cannot even be made. Names of brokers may be unknown for a while. */
  UserError misconfigured(KafkaException failure) {
    String reason = firstLine(root(failure));
    String message =
        "cannot make a Kafka client for "
            + bootstrap
            + ": "
            + reason
            + "; correct the address or the Kafka settings";
    return reason.startsWith("No resolvable bootstrap")
        ? new Unreachable(message, failure)
        : UserError.invalid(message, failure);
  }

  private UserError unreachable(String what, Throwable cause) {
    return new Unreachable(
        "Kafka at "
            + bootstrap
            + " did not "
            + what
            + " within "
            + patience.toMillis() / 1e3
            + " s; check the address, that the broker runs and can be reached from here, and"
            + " security.protocol in the Kafka settings",
        cause);
  }

  private static Throwable root(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null && root.getCause() != root) {
      root = root.getCause();
    }
    return root;
  }

  private static String firstLine(Throwable failure) {
    String message = failure.getMessage();
    return message == null
        ? failure.getClass().getSimpleName()
        : message.lines().findFirst().orElse("").replaceFirst("[.\\s]+$", "");
  }
}
