package io.plumbline.jobs.lake;

/** A Parquet column cannot be read as the schema's type; the message says which and why. */
public final class ColumnMismatch extends RuntimeException {
  private static final long serialVersionUID = 1;

  ColumnMismatch(String message) {
    super(message);
  }
}
