package io.plumbline.jobs.kafka;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;

/** Writes records as producers do. */
public final class Avro {
  private Avro() {}

  /** A schema of clicks with these fields, in JSON with single quotes. */
  public static Schema schema(String fields) {
    return new Schema.Parser()
        .parse(
            "{'type':'record','name':'Click','namespace':'shop','fields':[%s]}"
                .formatted(fields)
                .replace('\'', '"'));
  }

  /** A record with these values, in the order of the fields. */
  public static GenericData.Record record(Schema schema, Object... values) {
    GenericData.Record record = new GenericData.Record(schema);
    for (int i = 0; i < values.length; i++) {
      record.put(i, values[i]);
    }
    return record;
  }

  /** A record as a producer without a registry writes it. */
  public static byte[] binary(GenericData.Record record) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
    try {
      new GenericDatumWriter<GenericData.Record>(record.getSchema()).write(record, encoder);
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A record as a producer with a registry writes it. */
  public static byte[] confluent(int id, GenericData.Record record) {
    byte[] binary = binary(record);
    return ByteBuffer.allocate(5 + binary.length).put((byte) 0).putInt(id).put(binary).array();
  }
}
