package io.plumbline.definition;

/**
 * The type of a feature's value, and of what an expression hands to an aggregate.
 *
 * <p>At run time a {@code BOOLEAN} is a {@link Boolean}, a {@code LONG} a {@link Long} (also every
 * Avro int and every timestamp, as epoch milliseconds), a {@code DOUBLE} a finite {@link Double}
 * that is never {@code -0.0}, a {@code STRING} a {@link String}; a list is an immutable {@link
 * java.util.List} of those, without nulls.
 *
 * @param scalar type of the value, or of a list's elements
 * @param list whether the value is a list
 */
public record ValueType(Scalar scalar, boolean list) {

  /** The types of single values. */
  public enum Scalar {
    BOOLEAN,
    LONG,
    DOUBLE,
    STRING
  }

  public static final ValueType BOOLEAN = new ValueType(Scalar.BOOLEAN, false);
  public static final ValueType LONG = new ValueType(Scalar.LONG, false);
  public static final ValueType DOUBLE = new ValueType(Scalar.DOUBLE, false);
  public static final ValueType STRING = new ValueType(Scalar.STRING, false);

  /** The type of a list with elements of {@code scalar}. */
  public static ValueType listOf(Scalar scalar) {
    return new ValueType(scalar, true);
  }

  /** Whether values are single numbers. */
  public boolean isNumber() {
    return !list && (scalar == Scalar.LONG || scalar == Scalar.DOUBLE);
  }

  @Override
  public String toString() {
    String name = scalar.name().toLowerCase(java.util.Locale.ROOT);
    return list ? "list<" + name + ">" : name;
  }
}
