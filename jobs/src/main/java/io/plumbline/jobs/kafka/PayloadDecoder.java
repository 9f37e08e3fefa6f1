package io.plumbline.jobs.kafka;

import io.plumbline.jobs.decode.Malformed;
import org.apache.avro.generic.GenericData;

/** Decodes a log's values by one schema, with text as String. Not for several threads at once. */
@FunctionalInterface
public interface PayloadDecoder {
  /**
   * The record that a value holds.
   *
   * @param value null in a tombstone
   * @throws Malformed if it holds none of the schema
   * @throws RegistryUnavailable if the value's own schema cannot be asked for
   */
  GenericData.Record decode(byte[] value) throws Malformed;
}
