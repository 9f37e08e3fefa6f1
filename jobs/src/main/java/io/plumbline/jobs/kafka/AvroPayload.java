package io.plumbline.jobs.kafka;

import io.plumbline.jobs.decode.Malformed;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.util.HashMap;
import java.util.Map;
import org.apache.avro.AvroTypeException;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;

/** Reads Avro's binary encoding of one schema as records of another, by Avro's own rules. */
final class AvroPayload {
  private final Schema reader;
  private final GenericDatumReader<GenericData.Record> datums;
  private final CheckedDecoder in = new CheckedDecoder();

  /**
   * @param writer the schema of what is read
   * @param reader the schema of what comes out
   */
  AvroPayload(Schema writer, Schema reader) {
    this.reader = reader;
    Schema withText = new Schema.Parser().parse(reader.toString());
    Texts.in(withText);
    datums = new GenericDatumReader<>(writer, withText, new Records(reader));
    datums.getData().setFastReaderEnabled(true);
  }

  GenericData.Record decode(byte[] value) throws Malformed {
    return decode(value, 0);
  }

  /**
   * The record in the bytes from an index to their end.
   *
   * @throws Malformed if they hold anything else
   */
  GenericData.Record decode(byte[] value, int from) throws Malformed {
    in.reset(value, from);
    try {
      GenericData.Record record = datums.read(null, in);
      if (!in.isEnd()) {
        throw new Malformed("not Avro of the schema: goes on after the record");
      }
      return record;
    } catch (EOFException e) {
      throw new Malformed("not Avro of the schema: ends within the record");
    } catch (CharacterCodingException e) {
      throw new Malformed("not Avro of the schema: text is not UTF-8");
    } catch (AvroTypeException e) {
      throw new Malformed("does not fit the source's schema " + reader.getName());
    } catch (IOException | RuntimeException | StackOverflowError e) {
      // What Avro throws for bytes that make no sense has no common type.
      throw new Malformed("not Avro of the schema");
    }
  }

  /** Makes records of a schema's own record schemas, of which Avro was given copies. */
  private static final class Records extends GenericData {
    private final Map<String, Schema> schemas = new HashMap<>();

    Records(Schema reader) {
      collect(reader);
    }

    @Override
    public Object newRecord(Object old, Schema schema) {
      return new GenericData.Record(schemas.get(schema.getFullName()));
    }

    private void collect(Schema schema) {
      switch (schema.getType()) {
        case RECORD -> {
          if (schemas.putIfAbsent(schema.getFullName(), schema) == null) {
            schema.getFields().forEach(field -> collect(field.schema()));
          }
        }
        case ARRAY -> collect(schema.getElementType());
        case MAP -> collect(schema.getValueType());
        case UNION -> schema.getTypes().forEach(this::collect);
        case ENUM, FIXED, STRING, BYTES, INT, LONG, FLOAT, DOUBLE, BOOLEAN, NULL -> {
          // Holds no records.
        }
      }
    }
  }
}
