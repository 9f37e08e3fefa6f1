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

  /** Reads the field where it is in the schema last resolved; for one thread. */
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
     * @param event of the schema last resolved
     */
    Object read(IndexedRecord event) {
      Object value = event.get(positions[0]);
      for (int i = 1; i < positions.length && value != null; i++) {
        value = ((IndexedRecord) value).get(positions[i]);
      }
      return value == null ? null : field.toCel.apply(value);
    }

    /**
     * Finds the field in a schema, at little cost if it is the last one.
     *
     * @throws IllegalArgumentException if the schema has no such field
     */
    void resolve(Schema schema) {
      if (schema == resolved) {
        return;
      }
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
