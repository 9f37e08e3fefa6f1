package io.plumbline.jobs.table;

import java.io.IOException;
import java.io.OutputStream;

/**
 * Writes one part file of a training table to a stream that stays open: its owner closes it after
 * {@link #finish}. Used by one thread.
 */
public interface TablePartWriter {

  /** A writer to the start of {@code out}. */
  static TablePartWriter create(TableFormat format, TableSchema schema, OutputStream out)
      throws IOException {
    return switch (format) {
      case PARQUET -> new ParquetPartWriter(schema, out);
      case JSON_LINES -> new JsonPartWriter(schema, out);
    };
  }

  /**
   * Adds a row.
   *
   * @param observation its payload
   * @param features its feature columns
   */
  void write(byte[] observation, FinishedRow features) throws IOException;

  /**
   * Hands to the stream what can be handed; a Parquet row group stays in memory until it is full.
   */
  void flush() throws IOException;

  /** Completes the file; nothing can be written after. */
  void finish() throws IOException;
}
