package io.plumbline.jobs.archive;

import io.plumbline.definition.Source;
import io.plumbline.jobs.decode.IngestedField;
import io.plumbline.jobs.decode.Malformed;
import io.plumbline.jobs.decode.RequiredFields;
import io.plumbline.jobs.decode.TimeText;
import io.plumbline.jobs.kafka.PayloadDecoder;
import io.plumbline.jobs.lake.LakeSchema;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.IndexedRecord;

/**
 * Makes rows of the lake out of what lay in the log, or says by the first rule of admission why a
 * record is none. There is one row, which is written anew each time.
 */
final class EventRows {
  private final PayloadDecoder decoder;
  private final Schema schema;
  private final GenericData.Record row;
  private final int fields;
  private final RequiredFields required;
  private final IngestedField ingestedAtField;
  private boolean timed;

  EventRows(Source source, PayloadDecoder decoder) {
    this.decoder = decoder;
    schema = LakeSchema.of(source.schema());
    row = new GenericData.Record(schema);
    fields = source.schema().getFields().size();
    required = new RequiredFields(source);
    ingestedAtField =
        source.ingestedAt() instanceof Source.IngestedAt.Field field
            ? new IngestedField(source.schema(), field.name(), TimeText.ISO)
            : null;
  }

  Schema schema() {
    return schema;
  }

  /**
   * @param value null in a tombstone
   * @param ingestedAt epoch ms, or {@link Segment#UNKNOWN_TIME}; of no meaning where the record
   *     should say it itself, and does not
   */
  IndexedRecord row(byte[] value, long ingestedAt, int partition, long offset) throws Malformed {
    timed = ingestedAt != Segment.UNKNOWN_TIME && ingestedAtField == null;
    if (value == null) {
      throw new Malformed("no value");
    }
    IndexedRecord event = decoder.decode(value);
    if (ingestedAtField != null) {
      timed = ingestedAt != Segment.UNKNOWN_TIME && ingestedAtField.of(event).isPresent();
    }
    required.check(event);
    if (!timed) {
      throw new Malformed("no ingestion time");
    }
    List<Schema.Field> columns = event.getSchema().getFields();
    for (int i = 0; i < columns.size(); i++) {
      row.put(i, event.get(i));
    }
    row.put(fields, ingestedAt);
    row.put(fields + 1, partition);
    row.put(fields + 2, offset);
    return row;
  }

  /** Whether the last record, malformed or not, has a usable ingestion time. */
  boolean isTimed() {
    return timed;
  }
}
