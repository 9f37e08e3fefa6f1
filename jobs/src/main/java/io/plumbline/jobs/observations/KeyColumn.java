package io.plumbline.jobs.observations;

import io.plumbline.definition.ValueType;
import java.io.Serializable;

/**
 * A column that names an entity, or a part of its key.
 *
 * @param column name in the observations
 * @param entity whose key it is, for messages
 * @param type what the values are cast to
 */
public record KeyColumn(String column, String entity, Type type) implements Serializable {

  /** What keys are: the types that sources have for them. */
  public enum Type {
    STRING,
    LONG
  }

  /**
   * @throws IllegalArgumentException if {@code type} is neither string nor long
   */
  public static KeyColumn of(String column, String entity, ValueType type) {
    if (type.equals(ValueType.STRING)) {
      return new KeyColumn(column, entity, Type.STRING);
    }
    if (type.equals(ValueType.LONG)) {
      return new KeyColumn(column, entity, Type.LONG);
    }
    throw new IllegalArgumentException("a key is a string or a long, not " + type);
  }
}
