package io.plumbline.jobs.decode;

import io.plumbline.definition.Source;
import io.plumbline.time.TimeField;
import java.time.DateTimeException;
import java.util.function.Predicate;
import org.apache.avro.Schema;
import org.apache.avro.generic.IndexedRecord;

/**
 * What the first rule of admission asks of a decoded record beside an ingestion time: an event
 * time, and an id if the source names one. Holds no state: threads may share one.
 */
public final class RequiredFields {
  private final Schema.Field eventTime;
  private final TimeField unit;
  private final Schema.Field eventId;
  private final TimeText times;

  /** For records whose times are ISO-8601. */
  public RequiredFields(Source source) {
    this(source, TimeText.ISO);
  }

  public RequiredFields(Source source, TimeText times) {
    this.times = times;
    eventTime = source.schema().getField(source.eventTime());
    unit = TimeField.of(eventTime.schema()).orElseThrow();
    eventId = source.eventId().map(source.schema()::getField).orElse(null);
  }

  /** As the other, of a record in which a value that is there is not blank. */
  public void check(IndexedRecord record) throws Malformed {
    check(record, field -> false);
  }

  /**
   * Checks the record, and writes a textual event time as ISO-8601 where it came in the input's own
   * form.
   *
   * @param record of the source's schema
   * @param blank whether a field is there with nothing in it
   */
  public void check(IndexedRecord record, Predicate<String> blank) throws Malformed {
    Object time = record.get(eventTime.pos());
    if (time == null) {
      throw new Malformed(eventTime.name() + ": no event time");
    }
    if (unit == TimeField.ISO_8601) {
      record.put(eventTime.pos(), iso(time.toString()));
    }
    if (eventId != null && (record.get(eventId.pos()) == null || blank.test(eventId.name()))) {
      throw new Malformed(eventId.name() + ": no event id");
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
