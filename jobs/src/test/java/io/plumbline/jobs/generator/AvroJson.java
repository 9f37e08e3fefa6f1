package io.plumbline.jobs.generator;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.plumbline.time.TimeField;
import java.io.IOException;
import java.time.DateTimeException;
import org.apache.avro.Schema;

/** Whether JSON fits an Avro schema, by the rules for JSON payloads. */
final class AvroJson {
  private static final ObjectMapper MAPPER =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private AvroJson() {}

  /** The payload as JSON, or null where it is none. */
  static JsonNode parse(byte[] payload) {
    try {
      return MAPPER.readTree(payload);
    } catch (IOException e) {
      return null;
    }
  }

  static boolean fits(Schema schema, JsonNode json) {
    return switch (schema.getType()) {
      case RECORD ->
          json.isObject()
              && schema.getFields().stream()
                  .allMatch(
                      field ->
                          json.has(field.name())
                              ? fits(field.schema(), json.get(field.name()))
                              : field.hasDefaultValue());
      case UNION -> schema.getTypes().stream().anyMatch(one -> fits(one, json));
      case ARRAY -> json.isArray() && elementsFit(schema, json);
      case NULL -> json.isNull();
      case STRING -> json.isTextual();
      case BOOLEAN -> json.isBoolean();
      case DOUBLE -> json.isNumber();
      case LONG ->
          json.isIntegralNumber()
              || (schema.getLogicalType() != null && json.isTextual() && isTime(json.asText()));
      default -> throw new AssertionError("no shipped schema has a " + schema);
    };
  }

  private static boolean elementsFit(Schema schema, JsonNode json) {
    for (JsonNode element : json) {
      if (!fits(schema.getElementType(), element)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isTime(String text) {
    try {
      TimeField.parseIso(text);
      return true;
    } catch (DateTimeException e) {
      return false;
    }
  }
}
