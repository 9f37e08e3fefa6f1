package io.plumbline.jobs.kafka;

import io.plumbline.definition.Source;
import io.plumbline.jobs.decode.Malformed;
import io.plumbline.jobs.decode.RequiredFields;
import org.apache.avro.generic.GenericData;

/**
 * Decodes a source's events, with what the first rule of admission asks of them but for their
 * ingestion time. Not for several threads at once.
 */
public final class EventDecoder implements PayloadDecoder {
  private final PayloadDecoder payloads;
  private final RequiredFields required;

  public EventDecoder(Source source, RegistrySettings registry) {
    payloads = PayloadFormat.of(source, registry).decoder();
    required = new RequiredFields(source);
  }

  @Override
  public GenericData.Record decode(byte[] value) throws Malformed {
    GenericData.Record record = payloads.decode(value);
    required.check(record);
    return record;
  }
}
