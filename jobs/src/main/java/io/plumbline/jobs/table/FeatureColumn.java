package io.plumbline.jobs.table;

import io.plumbline.definition.ValueType;
import java.io.Serial;
import java.io.Serializable;

/** A column of a training table that holds a feature. */
public final class FeatureColumn implements Serializable {
  @Serial private static final long serialVersionUID = 1L;

  private final String name;
  private final String id;
  private final ValueType.Scalar scalar;
  private final boolean list;
  private final Object defaultValue;

  /**
   * @param name of the column
   * @param id of the feature, e.g. {@code spend_1h:v2}
   * @param type of the values
   * @param defaultValue the value where there is none, of that type (a whole number will do for a
   *     double); null for null
   */
  public FeatureColumn(String name, String id, ValueType type, Object defaultValue) {
    this.name = name;
    this.id = id;
    this.scalar = type.scalar();
    this.list = type.list();
    this.defaultValue =
        type.equals(ValueType.DOUBLE) && defaultValue instanceof Number number
            ? (Object) number.doubleValue()
            : defaultValue;
  }

  public String name() {
    return name;
  }

  public String id() {
    return id;
  }

  public ValueType type() {
    return new ValueType(scalar, list);
  }

  /** Of {@link #type()}; may be null. */
  public Object defaultValue() {
    return defaultValue;
  }
}
