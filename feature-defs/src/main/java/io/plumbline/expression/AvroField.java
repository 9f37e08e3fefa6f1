package io.plumbline.expression;

import dev.cel.common.types.CelType;
import java.util.List;
import java.util.function.UnaryOperator;
import org.apache.avro.Schema;
import org.apache.avro.generic.IndexedRecord;

/**
 * A field of an event, or of a record within it, that expressions can name.
 *
 * @param path names from the event down
 * @param type as expressions see it
 * @param toCel turns Avro's value, not null, into CEL's
 */
record AvroField(List<String> path, CelType type, UnaryOperator<Object> toCel) {

  String name() {
    return String.join(".", path);
  }

  Reader reader() {
    return new Reader(this);
  }

  /** Reads the field, remembering where it was in the last schema seen; for one thread. */
  static final class Reader {
    private final AvroField field;
    private final int[] positions;
    private Schema resolved;

    private Reader(AvroField field) {
      this.field = field;
      this.positions = new int[field.path.size()];
    }

    /**
     * The field's value as CEL has it; null where it, or a record above it, is null.
     *
     * @throws IllegalArgumentException if the event's schema has no such field
     */
    @SuppressWarnings("ReferenceEquality") // events of one file share a schema; comparing is dear
    Object read(IndexedRecord event) {
      if (event.getSchema() != resolved) {
        resolve(event.getSchema());
      }
      Object value = event.get(positions[0]);
      for (int i = 1; i < positions.length && value != null; i++) {
        value = ((IndexedRecord) value).get(positions[i]);
      }
      return value == null ? null : field.toCel.apply(value);
    }

    private void resolve(Schema schema) {
      Schema level = schema;
      for (int i = 0; i < positions.length; i++) {
        Schema.Field found = AvroTypes.nonNull(level).getField(field.path.get(i));
        if (found == null) {
          throw new IllegalArgumentException(
              "a record of " + schema.getFullName() + " has no field " + field.name());
        }
        positions[i] = found.pos();
        level = found.schema();
      }
      resolved = schema;
    }
  }
}
