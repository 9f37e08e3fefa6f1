package io.plumbline.jobs.decode;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;

/** Reads a JSON object as an Avro record: every field of the schema, none but those. */
final class JsonRecord implements JsonValue {
  private final Schema schema;
  private final String[] names;
  private final JsonValue[] values;
  private final MissingField[] missing;

  JsonRecord(Schema schema) {
    this.schema = schema;
    int n = schema.getFields().size();
    names = new String[n];
    values = new JsonValue[n];
    missing = new MissingField[n];
  }

  /** Finds the fields' readers, in a second step because a record may hold itself. */
  void link(JsonValues readers) {
    List<Schema.Field> fields = schema.getFields();
    for (int i = 0; i < names.length; i++) {
      names[i] = fields.get(i).name();
      values[i] = readers.of(fields.get(i).schema());
      missing[i] = MissingField.of(fields.get(i));
    }
  }

  @Override
  public Object read(JsonNode node) throws Malformed {
    if (!node.isObject()) {
      throw new Malformed("expected record, found something else");
    }
    try {
      return fields(node);
    } catch (Malformed e) {
      throw new Malformed("." + e.reason());
    }
  }

  GenericData.Record fields(JsonNode node) throws Malformed {
    GenericData.Record record = new GenericData.Record(schema);
    for (int i = 0; i < names.length; i++) {
      record.put(i, field(i, node.get(names[i])));
    }
    return record;
  }

  private Object field(int i, JsonNode node) throws Malformed {
    if (node == null) {
      if (!missing[i].allowed()) {
        throw new Malformed(names[i] + ": missing");
      }
      return missing[i].value();
    }
    try {
      return values[i].read(node);
    } catch (Malformed e) {
      throw e.within(names[i]);
    }
  }
}
