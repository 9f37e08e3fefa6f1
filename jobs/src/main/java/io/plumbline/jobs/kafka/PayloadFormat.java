package io.plumbline.jobs.kafka;

import io.plumbline.Unreachable;
import io.plumbline.UserError;
import io.plumbline.definition.Source;
import io.plumbline.jobs.decode.JsonDecoder;
import io.plumbline.jobs.decode.Malformed;
import java.io.Serializable;
import org.apache.avro.Schema;

/**
 * How a source's values are written, in a form that can be sent to where they are read.
 *
 * @param schema every record's, which Avro makes serializable
 * @param registry where writers' schemas are, if values name them
 */
public record PayloadFormat(Source.Encoding encoding, Schema schema, RegistrySettings registry)
    implements Serializable {

  /**
   * A source's.
   *
   * @throws UserError if its values name schemas of a registry, and there is none
   */
  public static PayloadFormat of(Source source, RegistrySettings registry) {
    if (source.encoding() == Source.Encoding.CONFLUENT_AVRO && !registry.isPresent()) {
      throw UserError.wrongCall(
          "source "
              + source.name()
              + " is confluent-avro, whose schemas are in a schema registry; name its address, as in"
              + " --schema-registry http://registry:8081");
    }
    return new PayloadFormat(source.encoding(), source.schema(), registry);
  }

  /**
   * Looks whether what values need to be decoded is there.
   *
   * @throws UserError if the schema registry does not answer
   */
  public void check() {
    if (encoding == Source.Encoding.CONFLUENT_AVRO) {
      try {
        new SchemaRegistry(registry).check();
      } catch (RegistryUnavailable e) {
        throw new Unreachable(
            e.getMessage() + "; correct --schema-registry, or see to it that it can be reached", e);
      }
    }
  }

  /** A decoder whose records are of {@link #schema} itself. */
  public PayloadDecoder decoder() {
    PayloadDecoder decoder =
        switch (encoding) {
          case AVRO -> new AvroPayload(schema, schema)::decode;
          case CONFLUENT_AVRO -> new ConfluentDecoder(schema, new SchemaRegistry(registry));
          case JSON -> new JsonDecoder(schema)::decode;
        };
    return value -> {
      if (value == null) {
        throw new Malformed("no value");
      }
      return decoder.decode(value);
    };
  }
}
