package io.plumbline.jobs.importing;

import io.plumbline.definition.Source;
import io.plumbline.jobs.decode.Malformed;
import io.plumbline.jobs.decode.TimeText;
import io.plumbline.time.TimeField;
import java.time.DateTimeException;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;

/** What the first rule of admission asks of a decoded record: an event time, and an id if named. */
final class RequiredFields {
  private final Schema.Field eventTime;
  private final TimeField unit;
  private final int eventId;
  private final TimeText times;

  RequiredFields(Source source, TimeText times) {
    this.times = times;
    eventTime = source.schema().getField(source.eventTime());
    unit = TimeField.of(eventTime.schema()).orElseThrow();
    eventId = source.eventId().map(name -> source.schema().getField(name).pos()).orElse(-1);
  }

  /**
   * Checks the record, and writes a textual event time as ISO-8601 where it came in the input's own
   * form.
   */
  void check(GenericData.Record record, Row row) throws Malformed {
    Object time = record.get(eventTime.pos());
    if (time == null) {
      throw new Malformed(eventTime.name() + ": no event time");
    }
    if (unit == TimeField.ISO_8601) {
      record.put(eventTime.pos(), iso(time.toString()));
    }
    if (eventId >= 0) {
      String name = record.getSchema().getFields().get(eventId).name();
      if (record.get(eventId) == null || row.isBlank(name)) {
        throw new Malformed(name + ": no event id");
      }
    }
  }

  private Object iso(String text) throws Malformed {
    try {
      unit.millis(text);
      return text;
    } catch (DateTimeException | ArithmeticException notIso) {
      try {
        return unit.value(times.parse(text.strip()));
      } catch (DateTimeException | ArithmeticException e) {
        throw new Malformed(eventTime.name() + ": not a time");
      }
    }
  }
}
