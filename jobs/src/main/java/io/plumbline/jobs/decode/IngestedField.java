package io.plumbline.jobs.decode;

import io.plumbline.time.TimeField;
import java.time.DateTimeException;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.apache.avro.Schema;
import org.apache.avro.generic.IndexedRecord;

/** A field of the event that says when the log accepted it. Threads may share one. */
public final class IngestedField {
  private static final Pattern INTEGER = Pattern.compile("[+-]?\\d+");

  private final String name;
  private final TimeField unit;
  private final TimeText times;

  /**
   * @param schema of the event; a field that it does not know holds epoch milliseconds
   */
  public IngestedField(Schema schema, String name, TimeText times) {
    this.name = name;
    this.times = times;
    Schema.Field field = schema.getField(name);
    TimeField known =
        field == null
            ? TimeField.EPOCH_MILLIS
            : TimeField.of(field.schema()).orElse(TimeField.EPOCH_MILLIS);
    unit = known == TimeField.ISO_8601 ? TimeField.EPOCH_MILLIS : known;
  }

  public String name() {
    return name;
  }

  /**
   * Epoch milliseconds; empty where the record has none.
   *
   * @throws Malformed if it has something else there
   */
  public OptionalLong of(IndexedRecord record) throws Malformed {
    return millis(record.get(record.getSchema().getField(name).pos()));
  }

  /**
   * Epoch milliseconds of a value of the field; text may be a number in the field's unit or a time.
   *
   * @param value a Long or text; null for none
   * @throws Malformed if it is something else
   */
  public OptionalLong millis(Object value) throws Malformed {
    if (value == null) {
      return OptionalLong.empty();
    }
    try {
      if (value instanceof Long number) {
        return OptionalLong.of(unit.millis(number));
      }
      String text = value.toString().strip();
      return OptionalLong.of(
          INTEGER.matcher(text).matches()
              ? unit.millis(Long.parseLong(text))
              : times.parse(text).toEpochMilli());
    } catch (DateTimeException | ArithmeticException | NumberFormatException e) {
      throw new Malformed(name + ": not a time");
    }
  }
}
