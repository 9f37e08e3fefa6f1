package io.plumbline.savepoints;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.Map;

/** How results are written as JSON. */
public final class Json {
  public static final JsonMapper MAPPER =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private Json() {}

  public static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  /** Values by feature id. */
  static JsonNode values(Map<String, Object> values) {
    return MAPPER.valueToTree(values);
  }

  /** A time as ISO-8601, or null. */
  static String time(Long millis) {
    return millis == null ? null : Instant.ofEpochMilli(millis).toString();
  }

  static void print(JsonNode node, PrintWriter out) {
    out.println(node.toPrettyString());
    out.flush();
  }
}
