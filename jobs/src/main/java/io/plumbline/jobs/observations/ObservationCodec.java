package io.plumbline.jobs.observations;

import java.io.Serializable;
import java.util.List;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.Type;

/**
 * How an observation's columns are packed into its payload, and how they come out again. A payload
 * depends on the row and the file's columns alone, so equal rows of a file have equal payloads.
 *
 * <p>Instances are shared between threads.
 */
public sealed interface ObservationCodec extends Serializable permits JsonCodec, ParquetCodec {

  /** In the order of the file. */
  List<ObservationColumn> columns();

  /**
   * The columns' values as a profile takes them: Boolean, Long, Double and String by the column's
   * type, for a {@link ColumnType#TIMESTAMP} a Long (epoch ms), for {@link ColumnType#OTHER}
   * anything but null; null where the row has no value.
   */
  Object[] values(byte[] payload);

  /** Adds each column as {@code "name":value} to an object that is open in {@code out}. */
  void writeJson(byte[] payload, JsonBuffer out);

  /** The columns as Parquet fields. */
  List<Type> parquetFields();

  /** Hands the columns to a message whose first fields are {@link #parquetFields()}. */
  void writeParquet(byte[] payload, RecordConsumer out);
}
