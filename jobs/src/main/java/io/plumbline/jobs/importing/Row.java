package io.plumbline.jobs.importing;

import io.plumbline.jobs.decode.Malformed;
import org.apache.avro.generic.GenericData;

/** One row of an input, valid until the next is read. */
interface Row {
  /** Line of the input where the row starts, or its number where there are no lines; from 1. */
  long line();

  /**
   * A value as the input has it, whether or not the schema knows the field.
   *
   * @return Long or String; null where the input has none
   * @throws Malformed if it is of another type
   */
  Object raw(String field) throws Malformed;

  /** The row by the source's schema. */
  GenericData.Record record() throws Malformed;

  /** The row as it came, or as JSON where the input is no text. */
  byte[] payload();

  /** Whether the field is there with nothing in it, where that cannot be told from empty text. */
  default boolean isBlank(String field) {
    return false;
  }
}
