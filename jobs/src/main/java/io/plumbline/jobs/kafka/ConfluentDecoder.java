package io.plumbline.jobs.kafka;

import io.plumbline.jobs.decode.Malformed;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;

/**
 * Decodes values that name their writer's schema: a zero byte, the schema's id in a registry as
 * four bytes, the most significant first, and Avro's binary encoding.
 */
final class ConfluentDecoder implements PayloadDecoder {
  private static final int HEADER = 5;

  /** Garbage may name any number of ids; as many as this are remembered to be none. */
  private static final int UNKNOWN_IDS = 10_000;

  /** A registry's copies may learn of a schema after its first record was written. */
  private static final long UNKNOWN_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** Why a schema cannot be used, and until when that holds. */
  private record Unknown(String problem, long untilNanos) {}

  private final Schema schema;
  private final SchemaRegistry registry;
  private final Map<Integer, AvroPayload> known = new HashMap<>();
  private final Map<Integer, Unknown> unknown =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Integer, Unknown> eldest) {
          return size() > UNKNOWN_IDS;
        }
      };

  ConfluentDecoder(Schema schema, SchemaRegistry registry) {
    this.schema = schema;
    this.registry = registry;
  }

  @Override
  public GenericData.Record decode(byte[] value) throws Malformed {
    if (value.length < HEADER || value[0] != 0) {
      throw new Malformed("names no schema: does not start with a zero byte and an id");
    }
    int id = ByteBuffer.wrap(value).getInt(1);
    AvroPayload payload = known.get(id);
    if (payload == null) {
      payload = find(id);
      known.put(id, payload);
    }
    return payload.decode(value, HEADER);
  }

  private AvroPayload find(int id) throws Malformed {
    Unknown before = unknown.get(id);
    if (before != null && System.nanoTime() - before.untilNanos < 0) {
      throw new Malformed(before.problem);
    }
    String problem;
    try {
      Optional<Schema> writer = registry.schema(id);
      if (writer.isPresent()) {
        return new AvroPayload(writer.get(), schema);
      }
      problem = "names a schema that the registry does not know";
    } catch (AvroRuntimeException e) {
      problem = "names a schema that is no Avro schema";
    }
    unknown.put(id, new Unknown(problem, System.nanoTime() + UNKNOWN_NANOS));
    throw new Malformed(problem);
  }
}
