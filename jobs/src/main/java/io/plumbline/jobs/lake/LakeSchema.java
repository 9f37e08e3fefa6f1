package io.plumbline.jobs.lake;

import java.util.ArrayList;
import java.util.List;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;

/** Schemas of the lake's files. */
public final class LakeSchema {
  /** When the log accepted the record: timestamp-millis. */
  public static final String INGESTED_AT = "_ingested_at";

  /** Partition of the log, or -1 where there was none: int. */
  public static final String PARTITION = "_partition";

  /** Position in the partition: long. */
  public static final String OFFSET = "_offset";

  /** Why a record is malformed: string. */
  public static final String REASON = "_reason";

  /** A malformed record as it came: bytes. */
  public static final String PAYLOAD = "_payload";

  private static final Schema TIMESTAMP =
      LogicalTypes.timestampMillis().addToSchema(Schema.create(Schema.Type.LONG));

  /** Schema of malformed records, the same for every source. */
  public static final Schema MALFORMED =
      Schema.createRecord(
          "Malformed",
          null,
          "io.plumbline.lake",
          false,
          List.of(
              new Schema.Field(
                  INGESTED_AT,
                  Schema.createUnion(Schema.create(Schema.Type.NULL), TIMESTAMP),
                  null,
                  Schema.Field.NULL_DEFAULT_VALUE),
              new Schema.Field(PARTITION, Schema.create(Schema.Type.INT)),
              new Schema.Field(OFFSET, Schema.create(Schema.Type.LONG)),
              new Schema.Field(REASON, Schema.create(Schema.Type.STRING)),
              new Schema.Field(PAYLOAD, Schema.create(Schema.Type.BYTES))));

  private LakeSchema() {}

  /** A source's fields as they are, and then ingestion time, partition and offset. */
  public static Schema of(Schema source) {
    List<Schema.Field> fields = new ArrayList<>();
    source.getFields().forEach(field -> fields.add(new Schema.Field(field, field.schema())));
    fields.add(new Schema.Field(INGESTED_AT, TIMESTAMP));
    fields.add(new Schema.Field(PARTITION, Schema.create(Schema.Type.INT)));
    fields.add(new Schema.Field(OFFSET, Schema.create(Schema.Type.LONG)));
    Schema schema =
        Schema.createRecord(
            source.getName(), source.getDoc(), source.getNamespace(), source.isError(), fields);
    source.getObjectProps().forEach(schema::addProp);
    return schema;
  }
}
