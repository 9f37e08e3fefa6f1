package io.plumbline.jobs.lake;

import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.IndexedRecord;

/** Makes rows of the lake's files. */
public final class LakeRows {
  private LakeRows() {}

  /**
   * An event with its position in the log.
   *
   * @param schema {@link LakeSchema#of} the event's
   * @param ingestedAt epoch milliseconds
   */
  public static GenericData.Record row(
      Schema schema, IndexedRecord event, long ingestedAt, int partition, long offset) {
    GenericData.Record row = new GenericData.Record(schema);
    int fields = event.getSchema().getFields().size();
    for (int i = 0; i < fields; i++) {
      row.put(i, event.get(i));
    }
    row.put(fields, ingestedAt);
    row.put(fields + 1, partition);
    row.put(fields + 2, offset);
    return row;
  }
}
