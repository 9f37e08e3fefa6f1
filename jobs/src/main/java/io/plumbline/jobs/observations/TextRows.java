package io.plumbline.jobs.observations;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/** Rows of a text file, one at a time. */
interface TextRows extends Closeable {

  /** Names of the columns met so far, in order of appearance. */
  List<String> columns();

  /**
   * Goes on to the next row.
   *
   * @return whether there is one
   * @throws MalformedRow if it cannot be read
   */
  boolean next() throws IOException;

  /** The line at which the row begins, from 1. */
  long line();

  /** A column's value in this row, as {@link Cells} takes it. */
  Object value(int column);

  /** The value as a time is read from: where a file knows no types, a number is recognised. */
  Object time(int column);

  /** The value as the column's type is inferred from. */
  Object inferable(int column);

  /** Writes the value as a {@link JsonCodec} has it in a payload. */
  void putToken(int column, JsonType type, PayloadWriter out);

  /** A row that makes no sense. */
  final class MalformedRow extends IOException {
    private static final long serialVersionUID = 1L;

    MalformedRow(long line, String problem) {
      super("line " + line + ": " + problem);
    }
  }
}
