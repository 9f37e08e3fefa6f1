package io.plumbline.jobs.importing;

import java.io.IOException;

/** Goes through the rows of an input. */
interface Rows extends AutoCloseable {
  /**
   * The next row; null at the end.
   *
   * @throws io.plumbline.UserError if the input cannot be read on
   */
  Row next() throws IOException;

  @Override
  void close() throws IOException;
}
