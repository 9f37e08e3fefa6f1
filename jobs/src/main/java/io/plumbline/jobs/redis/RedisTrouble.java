package io.plumbline.jobs.redis;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisException;
import io.netty.handler.ssl.NotSslRecordException;
import io.plumbline.Unreachable;
import io.plumbline.UserError;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

/** What can be wrong with Redis, by what is to be done about it. */
enum RedisTrouble {
  UNREACHABLE(Remedy.RETRY, "it cannot be reached"),
  NO_ANSWER(Remedy.RETRY, "it does not answer"),
  OUT_OF_MEMORY(
      Remedy.RETRY, "it is out of memory: raise maxmemory, or remove what does not belong there"),
  READ_ONLY(Remedy.RETRY, "it is a read-only replica"),
  NOT_SAVING(Remedy.RETRY, "it takes no writes because it cannot save them to disk"),
  NO_REPLICAS(Remedy.RETRY, "it takes no writes without enough replicas"),
  LOADING(Remedy.RETRY, "it is loading its data"),
  BUSY(Remedy.RETRY, "it is busy with a script"),
  MASTER_DOWN(Remedy.RETRY, "it is a replica that has lost its master"),
  CLUSTER(Remedy.RETRY, "the cluster is being rearranged or has lost slots"),
  NO_SCRIPT(Remedy.SEND_SCRIPT, "it does not know the script"),
  WRONG_PASSWORD(Remedy.GIVE_UP, "it does not accept user and password"),
  NO_PERMISSION(Remedy.GIVE_UP, "the user lacks permissions"),
  TLS(Remedy.GIVE_UP, "TLS fails"),
  WRONG_TYPE(Remedy.GIVE_UP, "another program's data is in our place"),
  OTHER(Remedy.GIVE_UP, "it refuses a command");

  /** What to do. */
  enum Remedy {
    /** Time or an operator mends it: try again. */
    RETRY,
    /** Send the script's text along. */
    SEND_SCRIPT,
    /** Somebody must change something first. */
    GIVE_UP
  }

  private final Remedy remedy;
  private final String inWords;

  RedisTrouble(Remedy remedy, String inWords) {
    this.remedy = remedy;
    this.inWords = inWords;
  }

  Remedy remedy() {
    return remedy;
  }

  /** What is wrong, to follow the server's name and a colon. */
  String inWords() {
    return inWords;
  }

  static RedisTrouble of(Throwable failure) {
    RedisTrouble trouble = null;
    boolean replied = false;
    boolean client = false;
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      RedisTrouble found = single(cause);
      // The innermost cause that says something says the most.
      trouble = found == null ? trouble : found;
      replied |= cause instanceof RedisCommandExecutionException;
      client |= cause instanceof RedisException || cause instanceof CancellationException;
    }
    if (trouble != null) {
      return trouble;
    }
    return client && !replied ? UNREACHABLE : OTHER;
  }

  private static RedisTrouble single(Throwable cause) {
    if (cause instanceof SSLException
        || cause instanceof CertificateException
        || cause instanceof NotSslRecordException) {
      return TLS;
    }
    if (cause instanceof RedisCommandTimeoutException || cause instanceof TimeoutException) {
      return NO_ANSWER;
    }
    if (cause instanceof java.io.IOException || cause instanceof UnknownHostException) {
      return UNREACHABLE;
    }
    String message = cause.getMessage();
    return message == null ? null : said(message);
  }

  /** Errors inside scripts come wrapped, differently by version: the code can be anywhere. */
  private static RedisTrouble said(String message) {
    if (message.contains("WRONGPASS")
        || message.contains("NOAUTH")
        || message.contains("invalid password")
        || message.contains("without any password configured")) {
      return WRONG_PASSWORD;
    }
    if (message.contains("NOPERM")
        || message.contains("ACL failure")
        || message.contains("user executing the script can't")) {
      return NO_PERMISSION;
    }
    if (message.contains("OOM command not allowed")) {
      return OUT_OF_MEMORY;
    }
    if (message.contains("READONLY")) {
      return READ_ONLY;
    }
    if (message.contains("WRONGTYPE")) {
      return WRONG_TYPE;
    }
    if (message.contains("NOREPLICAS")) {
      return NO_REPLICAS;
    }
    return prefixed(message);
  }

  private static RedisTrouble prefixed(String message) {
    if (message.startsWith("NOSCRIPT")) {
      return NO_SCRIPT;
    }
    if (message.startsWith("LOADING")) {
      return LOADING;
    }
    if (message.startsWith("ERR max number of clients")
        || message.startsWith("BUSY")
        || message.startsWith("UNKILLABLE")) {
      return BUSY;
    }
    if (message.startsWith("MASTERDOWN")) {
      return MASTER_DOWN;
    }
    if (message.contains("MISCONF")) {
      return NOT_SAVING;
    }
    if (message.startsWith("CLUSTERDOWN")
        || message.startsWith("MOVED")
        || message.startsWith("ASK ")
        || message.startsWith("TRYAGAIN")
        || message.contains("Cannot determine a partition")
        || message.contains("not found in partitions")) {
      return CLUSTER;
    }
    if (message.contains("onnection closed")
        || message.contains("onnection is closed")
        || message.contains("not connected")
        || message.contains("Unable to connect")
        || message.contains("Unable to establish")
        || message.contains("Cannot retrieve initial cluster partitions")) {
      return UNREACHABLE;
    }
    return null;
  }

  /** What to tell the user; the server's own words included. */
  UserError explain(RedisSettings settings, Throwable failure) {
    String message =
        "Redis at "
            + settings.place()
            + ": "
            + inWords
            + " ("
            + words(failure)
            + "); "
            + fix(settings);
    return remedy == Remedy.RETRY ? new Unreachable(message, null) : new Refused(message, failure);
  }

  private String fix(RedisSettings settings) {
    return switch (this) {
      case UNREACHABLE, NO_ANSWER ->
          "start it, or correct --redis; a server that "
              + (settings.transport() == RedisSettings.Transport.TLS
                  ? "does not speak TLS needs a redis:// address"
                  : "wants TLS needs a rediss:// address");
      case WRONG_PASSWORD -> "correct --redis-user and the password's file or variable";
      case NO_PERMISSION -> "grant the rights that docs/redis.md lists";
      case TLS ->
          "check that the server speaks TLS on this port, that its certificate names this host,"
              + " and that --redis-ca holds the authority that signed it";
      case WRONG_TYPE -> "remove that key, or use another namespace";
      case OUT_OF_MEMORY, READ_ONLY, NOT_SAVING, NO_REPLICAS, LOADING, BUSY, MASTER_DOWN, CLUSTER ->
          "mend that and start again";
      case NO_SCRIPT, OTHER -> "see docs/redis.md for what Plumbline needs of a server";
    };
  }

  /** The innermost words, which are the server's or the system's. */
  static String words(Throwable failure) {
    Throwable inner = failure;
    while (inner.getCause() != null
        && (inner.getCause().getMessage() != null
            || inner instanceof CompletionException
            || inner instanceof ExecutionException)) {
      inner = inner.getCause();
    }
    return inner.getMessage() == null ? inner.getClass().getSimpleName() : inner.getMessage();
  }
}
