package io.plumbline.expression;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.types.CelType;
import dev.cel.compiler.CelCompiler;
import io.plumbline.definition.Feature;
import io.plumbline.definition.Source;
import io.plumbline.definition.ValueType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.avro.Schema;

/**
 * The events of a source as expressions see them: each field by its name, fields of records within
 * by dotted names. Compiles many expressions at the price of one environment.
 */
public final class EventSchema {
  private final Map<String, AvroField> fields = new LinkedHashMap<>();
  private final Vocabulary vocabulary;
  private CelCompiler compiler;

  private EventSchema(String source, Schema schema) {
    Map<String, String> unusable = new LinkedHashMap<>();
    collect(schema, List.of(), false, new HashSet<>(), unusable);
    vocabulary = new Vocabulary("field", "in source " + source, fields.keySet(), unusable);
  }

  /** The events of a source. */
  public static EventSchema of(Source source) {
    return new EventSchema(source.name(), source.schema());
  }

  private void collect(
      Schema record,
      List<String> prefix,
      boolean nullable,
      Set<Schema> above,
      Map<String, String> unusable) {
    above.add(record);
    for (Schema.Field field : record.getFields()) {
      List<String> path = new ArrayList<>(prefix);
      path.add(field.name());
      Schema inner = AvroTypes.nonNull(field.schema());
      boolean mayBeNull = nullable || inner != field.schema();
      AvroTypes.Seen seen = AvroTypes.see(inner, mayBeNull);
      AvroField declared = new AvroField(List.copyOf(path), seen.type(), seen.toCel());
      if (seen.type() != null) {
        fields.put(declared.name(), declared);
      } else if (inner.getType() != Schema.Type.RECORD) {
        unusable.put(declared.name(), seen.whyNot());
      } else if (above.contains(inner)) {
        unusable.put(declared.name(), "is a record within itself, which expressions cannot hold");
      } else {
        collect(inner, path, mayBeNull, above, unusable);
      }
    }
    above.remove(record);
  }

  /**
   * A condition on events.
   *
   * @throws InvalidExpression if it is none
   */
  public EventExpression condition(String text) {
    EventExpression expression = value(text);
    if (!expression.type().equals(ValueType.BOOLEAN)) {
      throw new InvalidExpression(
          "'" + text.strip() + "' is a " + typeName(expression) + " and not a bool",
          "write a comparison, as in " + comparison(text.strip(), expression));
    }
    return expression;
  }

  /**
   * Something computed of an event.
   *
   * @throws InvalidExpression if it is no expression, or of a type that no feature can hold
   */
  public EventExpression value(String text) {
    String bare = text.strip();
    AvroField field = fields.get(bare);
    if (field != null) {
      return new EventExpression.OfField(
          field, valueType(bare, field.type()), RuntimeValues.isTime(field.type()));
    }
    CelAbstractSyntaxTree tree = check(bare);
    valueType(bare, tree.getResultType());
    return expression(tree);
  }

  private static ValueType valueType(String text, CelType type) {
    return RuntimeValues.typeOf(type)
        .orElseThrow(
            () ->
                new InvalidExpression(
                    "'"
                        + text
                        + "' is a "
                        + CelErrors.pretty(type.name())
                        + ", which no feature can hold",
                    "make it a bool, int, double, string, timestamp or a list of one of these, as"
                        + " in int(...), double(...) or string(...)"));
  }

  /** Takes logic apart, so that CEL is asked no more than it must be. */
  private EventExpression expression(CelAbstractSyntaxTree tree) {
    CelExpr root = tree.getExpr();
    if (isLogic(tree, root)) {
      EventExpression left = expression(Cel.part(tree, root.call().args().get(0)));
      EventExpression right = expression(Cel.part(tree, root.call().args().get(1)));
      return root.call().function().equals("_&&_")
          ? EventExpression.OfLogic.and(left, right)
          : EventExpression.OfLogic.or(left, right);
    }
    CelType type = tree.getResultType();
    ValueType valueType = RuntimeValues.typeOf(type).orElseThrow();
    List<AvroField> used = Cel.used(tree, fields.keySet()).stream().map(fields::get).toList();
    boolean isName =
        root.getKind() == CelExpr.ExprKind.Kind.IDENT
            || root.getKind() == CelExpr.ExprKind.Kind.SELECT && !root.select().testOnly();
    if (isName && tree.getReferenceMap().get(root.id()) != null && used.size() == 1) {
      return new EventExpression.OfField(used.get(0), valueType, RuntimeValues.isTime(type));
    }
    return new EventExpression.OfProgram(
        Cel.program(tree),
        used,
        Strictness.failsOnNull(root),
        valueType,
        RuntimeValues.isTime(type));
  }

  /** Whether it is {@code &&} or {@code ||} of two bools, and not of something dynamic. */
  private static boolean isLogic(CelAbstractSyntaxTree tree, CelExpr root) {
    return root.getKind() == CelExpr.ExprKind.Kind.CALL
        && List.of("_&&_", "_||_").contains(root.call().function())
        && root.call().args().stream()
            .map(side -> tree.getType(side.id()).flatMap(RuntimeValues::typeOf))
            .allMatch(type -> type.equals(Optional.of(ValueType.BOOLEAN)));
  }

  /**
   * What an event adds to a feature.
   *
   * @throws InvalidExpression if one of the expressions is wrong
   */
  public Contribution contribution(Optional<String> where, Optional<String> value) {
    return new Contribution(where.map(this::condition), value.map(this::value));
  }

  /**
   * What an event adds to a feature over this source, its values in the feature's {@link
   * Feature.Windowed#valueType()}: whole numbers become doubles where that asks for them.
   */
  public Contribution contribution(Feature.Windowed feature) {
    return contribution(feature.where(), feature.value()).as(feature.valueType());
  }

  private CelAbstractSyntaxTree check(String text) {
    if (compiler == null) {
      Map<String, CelType> types = new LinkedHashMap<>();
      fields.forEach((name, field) -> types.put(name, field.type()));
      compiler = Cel.compiler(types);
    }
    return Cel.check(compiler, text, vocabulary);
  }

  private static String comparison(String text, EventExpression expression) {
    if (expression.isTime()) {
      return text + " > timestamp('2026-01-01T00:00:00Z')";
    }
    if (expression.type().list()) {
      return "size(" + text + ") > 0";
    }
    return switch (expression.type().scalar()) {
      case LONG -> text + " > 0";
      case DOUBLE -> text + " > 0.0";
      case STRING -> text + " == 'a'";
      case BOOLEAN -> text + " == true";
    };
  }

  private static String typeName(EventExpression expression) {
    return expression.isTime() ? "timestamp" : expression.type().toString();
  }
}
