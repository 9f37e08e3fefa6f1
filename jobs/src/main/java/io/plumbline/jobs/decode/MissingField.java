package io.plumbline.jobs.decode;

import org.apache.avro.AvroMissingFieldException;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;

/** What a field holds that the input does not mention: its default, null, or nothing. */
public final class MissingField {
  private final Schema schema;
  private final boolean allowed;
  private final Object value;

  private MissingField(Schema schema, boolean allowed, Object value) {
    this.schema = schema;
    this.allowed = allowed;
    this.value = value;
  }

  public static MissingField of(Schema.Field field) {
    if (field.hasDefaultValue()) {
      return new MissingField(field.schema(), true, defaultOf(field));
    }
    return new MissingField(field.schema(), field.schema().isNullable(), null);
  }

  /** Whether the field may be missing. */
  public boolean allowed() {
    return allowed;
  }

  /** The default or null; a collection or record is a copy of the caller's own. */
  public Object value() {
    return value == null || value instanceof String || value instanceof Number
        ? value
        : GenericData.get().deepCopy(schema, value);
  }

  private static Object defaultOf(Schema.Field field) {
    try {
      Object value = GenericData.get().getDefaultValue(field);
      return value instanceof CharSequence ? value.toString() : value;
    } catch (AvroMissingFieldException e) {
      throw new IllegalStateException("hasDefaultValue() said otherwise", e);
    }
  }
}
