package io.plumbline.jobs.kafka;

import io.plumbline.definition.Source;
import io.plumbline.jobs.decode.Malformed;
import java.io.Serializable;
import org.apache.avro.generic.IndexedRecord;

/** Makes a record of what lies in a log. Not thread-safe. */
public interface PayloadDecoder {
  /** The record, in the source's schema. */
  IndexedRecord decode(byte[] value) throws Malformed;

  /** Makes decoders where they are needed. */
  interface Factory extends Serializable {
    PayloadDecoder create(Source source);
  }
}
