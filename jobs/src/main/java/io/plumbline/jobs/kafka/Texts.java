package io.plumbline.jobs.kafka;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;

/** Marks a schema's text, also that of maps' keys, to be read as String. */
final class Texts {
  private final Set<Schema> seen = Collections.newSetFromMap(new IdentityHashMap<>());

  private Texts() {}

  /** Changes the schema itself. */
  static void in(Schema schema) {
    new Texts().mark(schema);
  }

  private void mark(Schema schema) {
    if (!seen.add(schema)) {
      return;
    }
    switch (schema.getType()) {
      case STRING -> GenericData.setStringType(schema, GenericData.StringType.String);
      case MAP -> {
        GenericData.setStringType(schema, GenericData.StringType.String);
        mark(schema.getValueType());
      }
      case RECORD -> schema.getFields().forEach(field -> mark(field.schema()));
      case ARRAY -> mark(schema.getElementType());
      case UNION -> schema.getTypes().forEach(this::mark);
      case ENUM, FIXED, BYTES, INT, LONG, FLOAT, DOUBLE, BOOLEAN, NULL -> {
        // Holds no text.
      }
    }
  }
}
