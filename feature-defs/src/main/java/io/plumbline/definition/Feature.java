package io.plumbline.definition;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** One version of a feature. */
public sealed interface Feature {

  Info info();

  /** Type of the feature's value. */
  ValueType type();

  default String name() {
    return info().name();
  }

  default int version() {
    return info().version();
  }

  default String entity() {
    return info().entity();
  }

  /** The name that tells versions apart, e.g. {@code spend_1h:v2}. */
  default String id() {
    return info().name() + ":v" + info().version();
  }

  /**
   * What all features have.
   *
   * @param name {@code [a-z][a-z0-9_]*}
   * @param version from 1
   * @param entity name of the entity that it describes
   * @param defaultValue value of {@link #type()} where there is none; empty for null
   * @param description for people; may be empty
   * @param owner for people; may be empty
   * @param freshnessMs promise: event to served value
   * @param expected baseline for drift checks, as written
   * @param place file and line of the definition
   */
  record Info(
      String name,
      int version,
      String entity,
      Optional<Object> defaultValue,
      String description,
      String owner,
      OptionalLong freshnessMs,
      Optional<JsonNode> expected,
      Place place) {}

  /**
   * A feature that aggregates events.
   *
   * @param source name of the source of its events
   * @param where CEL condition over an event's fields; empty for all events
   * @param value CEL expression for what is aggregated; empty where the aggregate needs none
   * @param valueType type of {@code value}; empty where that is empty
   * @param retainMs how long a lifetime or a closed session is kept after its last event
   */
  record Windowed(
      Info info,
      ValueType type,
      String source,
      Optional<String> where,
      Optional<String> value,
      Optional<ValueType> valueType,
      Aggregation aggregation,
      Window window,
      Emit emit,
      OptionalLong retainMs)
      implements Feature {}

  /**
   * A feature computed from others when it is read.
   *
   * @param expression CEL over the columns in {@code operands}, numbers as doubles
   * @param operands ids of the features that the expression names, with the names that it uses
   */
  record Derived(Info info, ValueType type, String expression, List<Operand> operands)
      implements Feature {}

  /**
   * A feature that a derived one reads.
   *
   * @param name the name in the expression: a feature's column name
   * @param id the feature, e.g. {@code spend_1h:v2}
   */
  record Operand(String name, String id) {}

  /**
   * Where something was written.
   *
   * @param file path as given
   * @param line from 1
   */
  record Place(String file, int line) {
    @Override
    public String toString() {
      return file + ":" + line;
    }
  }
}
