package io.plumbline.definition;

import io.plumbline.definition.ValueType.Scalar;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads a feature's default as a value of its type. */
final class DefaultReader {
  private DefaultReader() {}

  /** The value; empty for null, and for what does not fit, which is a problem. */
  static Optional<Object> read(YamlValue value, ValueType type) {
    if (value.isNull()) {
      return Optional.empty();
    }
    if (!type.list()) {
      return scalar(value, type.scalar(), type);
    }
    if (!value.isList()) {
      misfit(value, type);
      return Optional.empty();
    }
    List<Object> elements = new ArrayList<>();
    for (YamlValue element : value.list("default")) {
      Optional<Object> read = scalar(element, type.scalar(), type);
      if (read.isEmpty()) {
        return Optional.empty();
      }
      elements.add(read.get());
    }
    return Optional.of(List.copyOf(elements));
  }

  private static Optional<Object> scalar(YamlValue value, Scalar scalar, ValueType type) {
    Optional<Object> read = value.isScalar() ? parse(value, scalar) : Optional.empty();
    if (read.isEmpty()) {
      misfit(value, type);
    }
    return read;
  }

  private static Optional<Object> parse(YamlValue value, Scalar scalar) {
    try {
      return switch (scalar) {
        case BOOLEAN -> value.bool().map(b -> b);
        case STRING -> value.isText() ? Optional.of(value.toString()) : Optional.empty();
        case LONG -> Optional.of(new BigDecimal(value.toString()).longValueExact());
        case DOUBLE ->
            Optional.of(new BigDecimal(value.toString()).doubleValue() + 0.0)
                .filter(Double::isFinite)
                .map(d -> d);
      };
    } catch (NumberFormatException | ArithmeticException e) {
      return Optional.empty();
    }
  }

  private static void misfit(YamlValue value, ValueType type) {
    value.problem("default " + value + " is not a " + type, "write " + example(type) + " or null");
  }

  private static String example(ValueType type) {
    String one =
        switch (type.scalar()) {
          case BOOLEAN -> "false";
          case STRING -> "'none'";
          case LONG -> "0";
          case DOUBLE -> "0.0";
        };
    return "for example " + (type.list() ? "[" + one + "]" : one);
  }
}
