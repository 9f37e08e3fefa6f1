package io.plumbline.jobs.redis;

import io.plumbline.UserError;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where a password lies. The password itself is read where a connection is opened, each time one
 * is: it never becomes part of a job, and a new one is taken up without a restart. On a cluster the
 * file or variable must therefore be there on every worker.
 */
public sealed interface PasswordSource extends Serializable {

  /** No password. */
  record None() implements PasswordSource {}

  /** An environment variable holds it. */
  record Variable(String name) implements PasswordSource {}

  /** A file holds it, and a line break at most. */
  record InFile(String path) implements PasswordSource {}

  /**
   * Reads the password; null if there is none.
   *
   * @throws UserError if it cannot be read
   */
  default char[] read() {
    if (this instanceof Variable variable) {
      String value = System.getenv(variable.name);
      if (value == null || value.isEmpty()) {
        throw UserError.wrongCall(
            "the environment variable "
                + variable.name
                + " should hold the password of Redis and is not set; set it, also on the"
                + " workers, or name a file with --redis-password-file");
      }
      return value.toCharArray();
    }
    return this instanceof InFile file ? inFile(file.path) : null;
  }

  private static char[] inFile(String path) {
    try {
      String text = Files.readString(Path.of(path)).stripTrailing();
      if (text.isEmpty()) {
        throw UserError.wrongCall(path + " should hold the password of Redis and is empty");
      }
      return text.toCharArray();
    } catch (IOException e) {
      throw UserError.wrongCall(
          path
              + " should hold the password of Redis and cannot be read here ("
              + e.getClass().getSimpleName()
              + "); on a cluster it must be there on every worker");
    }
  }
}
