package io.plumbline.expression;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.SimpleType;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import io.plumbline.definition.Definitions;
import io.plumbline.definition.Feature;
import io.plumbline.definition.ValueType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** An expression over the values of other features. Safe for any number of threads. */
public final class DerivedExpression {
  private final CelRuntime.Program program;
  private final List<Operand> operands;
  private final ValueType type;

  private record Operand(String name, boolean isNumber) {}

  private DerivedExpression(CelRuntime.Program program, List<Operand> operands, ValueType type) {
    this.program = program;
    this.operands = operands;
    this.type = type;
  }

  /**
   * Compiles an expression over columns.
   *
   * @param columns names that it may use, with their types; numbers become doubles
   * @throws InvalidExpression if it is wrong, or its result is no number, bool or string
   */
  public static DerivedExpression compile(String expression, Map<String, ValueType> columns) {
    String text = expression.strip();
    Map<String, CelType> variables = new LinkedHashMap<>();
    columns.forEach((name, type) -> variables.put(name, celType(type)));
    Vocabulary vocabulary = new Vocabulary("feature", "of this entity", columns.keySet(), Map.of());
    CelAbstractSyntaxTree tree = Cel.check(Cel.compiler(variables), text, vocabulary);
    ValueType result =
        RuntimeValues.typeOf(tree.getResultType())
            .filter(t -> !t.list() && !RuntimeValues.isTime(tree.getResultType()))
            .orElseThrow(
                () ->
                    new InvalidExpression(
                        "'" + text + "' is a " + tree.getResultType().name(),
                        "a derived feature is a number, a bool or a string"));
    List<Operand> operands =
        Cel.used(tree, columns.keySet()).stream()
            .map(name -> new Operand(name, columns.get(name).isNumber()))
            .toList();
    ValueType type = result.equals(ValueType.LONG) ? ValueType.DOUBLE : result;
    return new DerivedExpression(Cel.program(tree), operands, type);
  }

  /** Compiles the expression of a feature in these definitions. */
  public static DerivedExpression of(Feature.Derived feature, Definitions definitions) {
    Map<String, ValueType> columns = new LinkedHashMap<>();
    for (Feature.Operand operand : feature.operands()) {
      columns.put(operand.name(), definitions.feature(operand.id()).type());
    }
    return compile(feature.expression(), columns);
  }

  /**
   * Every name in the expression, whether there is such a column or not.
   *
   * @throws InvalidExpression if it is no expression
   */
  public static Set<String> names(String expression) {
    return Cel.identifiers(expression.strip());
  }

  /** Type of the result; whole numbers come as doubles. */
  public ValueType type() {
    return type;
  }

  /** Names of the columns that the expression reads. */
  public List<String> operands() {
    return operands.stream().map(Operand::name).toList();
  }

  /**
   * The value for these operands.
   *
   * @param operandByName gives an operand's value as {@link ValueType} represents it, or null
   * @return null where any operand is null, evaluation fails or the result is not finite
   */
  public Object evaluate(Function<String, Object> operandByName) {
    Map<String, Object> values = new LinkedHashMap<>();
    for (Operand operand : operands) {
      Object value = operandByName.apply(operand.name());
      if (value == null) {
        return null;
      }
      values.put(operand.name(), operand.isNumber() ? ((Number) value).doubleValue() : value);
    }
    try {
      return RuntimeValues.of(program.eval(name -> Optional.ofNullable(values.get(name))), type);
    } catch (CelEvaluationException e) {
      return null;
    }
  }

  private static CelType celType(ValueType type) {
    CelType scalar =
        switch (type.scalar()) {
          case BOOLEAN -> SimpleType.BOOL;
          case LONG -> type.list() ? SimpleType.INT : SimpleType.DOUBLE;
          case DOUBLE -> SimpleType.DOUBLE;
          case STRING -> SimpleType.STRING;
        };
    return type.list() ? ListType.create(scalar) : scalar;
  }
}
