package io.plumbline.jobs.observations;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.NumericNode;
import java.io.IOException;
import java.util.List;
import java.util.Set;

/**
 * Reads observations that come one by one, each a JSON object, by the rules of {@link
 * ObservationFile}. The payload is the object as it came.
 */
public final class JsonObservation {
  private static final ObjectReader JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build()
          .reader();

  private final ObservationOptions options;
  private final Set<String> featureColumns;

  public JsonObservation(ObservationOptions options) {
    this.options = options;
    this.featureColumns = Set.copyOf(options.featureColumns());
  }

  /**
   * Reads one.
   *
   * @param row its number
   * @throws IllegalArgumentException that says what is wrong with it
   */
  public Observation read(byte[] json, long row) {
    JsonNode object = object(json);
    object
        .fieldNames()
        .forEachRemaining(
            name -> {
              if (featureColumns.contains(name)) {
                throw new IllegalArgumentException(
                    "column " + name + " has the name of a feature's column; rename it");
              }
            });
    JsonNode time = object.get(options.timestampColumn());
    if (time == null) {
      throw new IllegalArgumentException("there is no column " + options.timestampColumn());
    }
    List<KeyColumn> columns = options.keys();
    Object[] keys = new Object[columns.size()];
    for (int i = 0; i < keys.length; i++) {
      KeyColumn column = columns.get(i);
      JsonNode key = object.get(column.column());
      if (key == null) {
        throw new IllegalArgumentException(
            "there is no column " + column.column() + ", a key of entity " + column.entity());
      }
      keys[i] = of(column.column(), () -> Cells.key(scalar(key), column.type()));
    }
    long at = (Long) of(options.timestampColumn(), () -> Cells.millis(scalar(time)));
    return new Observation(row, at, keys, json);
  }

  private static Object of(String column, java.util.function.Supplier<Object> value) {
    try {
      return value.get();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("column " + column + ": " + e.getMessage(), e);
    }
  }

  private static JsonNode object(byte[] json) {
    JsonNode node;
    try {
      node = json == null ? null : JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("is not JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new IllegalArgumentException("is not JSON: " + e.getMessage(), e);
    }
    if (node == null || !node.isObject()) {
      throw new IllegalArgumentException("is not a JSON object");
    }
    return node;
  }

  /** The value as {@link Cells} takes it. */
  private static Object scalar(JsonNode value) {
    if (value.isNull()) {
      return null;
    }
    if (value.isTextual()) {
      return value.textValue();
    }
    if (value.isBoolean()) {
      return value.booleanValue();
    }
    if (value instanceof NumericNode) {
      return value.isIntegralNumber() && value.canConvertToLong()
          ? (Object) value.longValue()
          : (Object) value.doubleValue();
    }
    return Cells.OTHER;
  }
}
