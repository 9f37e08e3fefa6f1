package io.plumbline.expression;

import dev.cel.common.types.CelKind;
import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.NullableType;
import dev.cel.common.values.NullValue;
import io.plumbline.definition.ValueType;
import io.plumbline.definition.ValueType.Scalar;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Turns what CEL computes into what aggregates take. */
final class RuntimeValues {
  private RuntimeValues() {}

  /** The type of values that a CEL type becomes; empty if no feature can hold it. */
  static Optional<ValueType> typeOf(CelType type) {
    if (bare(type) instanceof ListType list) {
      return scalarOf(list.elemType()).map(ValueType::listOf);
    }
    return scalarOf(type).map(scalar -> new ValueType(scalar, false));
  }

  /** Whether values of the type, or a list's elements, are times. */
  static boolean isTime(CelType type) {
    CelType bare = bare(type);
    return bare.kind() == CelKind.TIMESTAMP
        || bare instanceof ListType list && bare(list.elemType()).kind() == CelKind.TIMESTAMP;
  }

  private static Optional<Scalar> scalarOf(CelType type) {
    return switch (bare(type).kind()) {
      case BOOL -> Optional.of(Scalar.BOOLEAN);
      case INT, TIMESTAMP -> Optional.of(Scalar.LONG);
      case DOUBLE -> Optional.of(Scalar.DOUBLE);
      case STRING -> Optional.of(Scalar.STRING);
      default -> Optional.empty();
    };
  }

  private static CelType bare(CelType type) {
    return type instanceof NullableType nullable ? nullable.targetType() : type;
  }

  /**
   * A value in the representation of {@link ValueType}.
   *
   * @param value what CEL gave
   * @param type the value's type, or double where it is int
   * @return null for null and for what cannot be aggregated: a number that is not finite, a list
   *     with such an element or a null
   * @throws ArithmeticException if a time does not fit epoch milliseconds
   */
  static Object of(Object value, ValueType type) {
    if (!type.list()) {
      return scalar(value, type.scalar());
    }
    if (!(value instanceof List<?> list)) {
      return null;
    }
    Object[] elements = new Object[list.size()];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = scalar(list.get(i), type.scalar());
      if (elements[i] == null) {
        return null;
      }
    }
    return List.of(elements);
  }

  private static Object scalar(Object value, Scalar type) {
    if (value == null || value instanceof NullValue) {
      return null;
    }
    if (value instanceof Instant time) {
      return time.toEpochMilli();
    }
    return type == Scalar.DOUBLE ? finite(((Number) value).doubleValue()) : value;
  }

  private static Double finite(double value) {
    // Adding zero turns -0.0 into 0.0 and leaves every other number as it is.
    return Double.isFinite(value) ? value + 0.0 : null;
  }
}
