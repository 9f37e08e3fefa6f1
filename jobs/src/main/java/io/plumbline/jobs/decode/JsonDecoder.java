package io.plumbline.jobs.decode;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;

/**
 * Decodes JSON text by an Avro record schema. An integer literal fits a double; a missing field
 * takes its default, or null where it may be null; a timestamp may be ISO-8601 text; unknown fields
 * are ignored and the last of equal keys wins. Anything else missing or of another type is {@link
 * Malformed}. Holds no state: threads may share one.
 */
public final class JsonDecoder {
  private static final ObjectReader READER =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build()
          .readerFor(JsonNode.class);

  private final JsonRecord record;

  /** A decoder of ISO-8601 times. */
  public JsonDecoder(Schema schema) {
    this(schema, TimeText.ISO);
  }

  public JsonDecoder(Schema schema, TimeText times) {
    record = new JsonValues(times).record(schema);
  }

  /** The record in UTF-8 text that holds one JSON object and nothing more. */
  public GenericData.Record decode(byte[] json) throws Malformed {
    return decode(parse(json));
  }

  /** The record in a JSON object that {@link #parse} returned. */
  public GenericData.Record decode(ObjectNode object) throws Malformed {
    return record.fields(object);
  }

  /** Parses UTF-8 text that holds one JSON object and nothing more. */
  public static ObjectNode parse(byte[] json) throws Malformed {
    if (parseAny(json) instanceof ObjectNode object) {
      return object;
    }
    throw new Malformed("not a JSON object");
  }

  /** Parses UTF-8 text that holds one JSON value and nothing more. */
  static JsonNode parseAny(byte[] json) throws Malformed {
    try {
      return READER.readValue(json);
    } catch (JsonProcessingException e) {
      throw new Malformed("not JSON: " + firstPhrase(e.getOriginalMessage()));
    } catch (IOException e) {
      throw new Malformed("not JSON: not UTF-8 text");
    }
  }

  private static String firstPhrase(String message) {
    int end = message.length();
    for (char stop : new char[] {':', '(', '\'', '\n'}) {
      int at = message.indexOf(stop);
      end = at > 0 && at < end ? at : end;
    }
    return message.substring(0, end).strip();
  }
}
