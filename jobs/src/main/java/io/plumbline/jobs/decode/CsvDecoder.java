package io.plumbline.jobs.decode;

import io.plumbline.time.TimeField;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;

/**
 * Decodes a row of CSV by an Avro record schema and the header's names. An empty field is null
 * where the schema allows it, else the empty string, else the field's default, else {@link
 * Malformed}; a column that is not there is a missing field. Numbers are read as their type alone
 * ({@code 17850.0} is no long), text as it stands, arrays, maps and records as JSON. Holds no
 * state: threads may share one.
 */
public final class CsvDecoder {
  private final Schema schema;
  private final int columns;
  private final String[] names;
  private final int[] column;
  private final CsvValue[] values;
  private final MissingField[] missing;
  private final Empty[] empty;

  /** What an empty field means. */
  private enum Empty {
    NULL,
    EMPTY_STRING,
    MISSING
  }

  public CsvDecoder(Schema schema, List<String> header, TimeText times) {
    this.schema = schema;
    columns = header.size();
    int n = schema.getFields().size();
    names = new String[n];
    column = new int[n];
    values = new CsvValue[n];
    missing = new MissingField[n];
    empty = new Empty[n];
    CsvValues readers = new CsvValues(times);
    for (Schema.Field field : schema.getFields()) {
      int i = field.pos();
      names[i] = field.name();
      column[i] = header.indexOf(field.name());
      values[i] = readers.of(field.schema());
      missing[i] = MissingField.of(field);
      empty[i] = emptyOf(field.schema());
    }
  }

  /** The record in a row. */
  public GenericData.Record decode(String[] row) throws Malformed {
    if (row.length != columns) {
      throw new Malformed(row.length + " fields where the header has " + columns);
    }
    GenericData.Record record = new GenericData.Record(schema);
    for (int i = 0; i < names.length; i++) {
      record.put(i, field(i, row));
    }
    return record;
  }

  private Object field(int i, String[] row) throws Malformed {
    String text = column[i] < 0 ? "" : row[column[i]];
    if (!text.isEmpty()) {
      try {
        return values[i].read(text);
      } catch (Malformed e) {
        throw e.within(names[i]);
      }
    }
    Empty meaning = column[i] < 0 ? Empty.MISSING : empty[i];
    return switch (meaning) {
      case NULL -> null;
      case EMPTY_STRING -> "";
      case MISSING -> missing(i);
    };
  }

  private Object missing(int i) throws Malformed {
    if (!missing[i].allowed()) {
      throw new Malformed(names[i] + (column[i] < 0 ? ": missing" : ": empty"));
    }
    return missing[i].value();
  }

  private static Empty emptyOf(Schema schema) {
    if (schema.isNullable()) {
      return Empty.NULL;
    }
    return TimeField.nonNull(schema).getType() == Schema.Type.STRING
        ? Empty.EMPTY_STRING
        : Empty.MISSING;
  }
}
