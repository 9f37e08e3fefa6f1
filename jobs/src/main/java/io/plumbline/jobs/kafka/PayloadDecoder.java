package io.plumbline.jobs.kafka;

import io.plumbline.jobs.decode.Malformed;
import java.io.Serializable;
import org.apache.avro.generic.IndexedRecord;

/** Decodes a source's values, as its encoding says. Not thread-safe. */
@FunctionalInterface
public interface PayloadDecoder {
  /**
   * @param value of a Kafka record, not null
   * @return an event of the source's schema
   */
  IndexedRecord decode(byte[] value) throws Malformed;

  /** Makes decoders where they are needed. */
  @FunctionalInterface
  interface Factory extends Serializable {
    PayloadDecoder open();
  }
}
