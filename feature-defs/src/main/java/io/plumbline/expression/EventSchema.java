package io.plumbline.expression;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.types.CelType;
import dev.cel.compiler.CelCompiler;
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
    collect(schema, List.of(), new HashSet<>(), unusable);
    vocabulary = new Vocabulary("field", "source " + source, fields.keySet(), unusable);
  }

  /** The events of a source. */
  public static EventSchema of(Source source) {
    return new EventSchema(source.name(), source.schema());
  }

  private void collect(
      Schema record, List<String> prefix, Set<Schema> above, Map<String, String> unusable) {
    above.add(record);
    for (Schema.Field field : record.getFields()) {
      List<String> path = new ArrayList<>(prefix);
      path.add(field.name());
      Schema inner = AvroTypes.nonNull(field.schema());
      AvroTypes.Seen seen = AvroTypes.see(field.schema());
      AvroField declared = new AvroField(List.copyOf(path), seen.type(), seen.toCel());
      if (seen.type() != null) {
        fields.put(declared.name(), declared);
      } else if (inner.getType() != Schema.Type.RECORD) {
        unusable.put(declared.name(), seen.whyNot());
      } else if (above.contains(inner)) {
        unusable.put(declared.name(), "is a record within itself, which expressions cannot hold");
      } else {
        collect(inner, path, above, unusable);
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
          "compare it with something, as in " + text.strip() + " > 0.0 or x == 'a'");
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
    CelAbstractSyntaxTree tree = field == null ? check(bare) : null;
    CelType type = field == null ? tree.getResultType() : field.type();
    ValueType valueType =
        RuntimeValues.typeOf(type)
            .orElseThrow(
                () ->
                    new InvalidExpression(
                        "'"
                            + bare
                            + "' is a "
                            + CelErrors.pretty(type.name())
                            + ", which no feature can hold",
                        "make it a bool, int, double, string, timestamp or a list of one of"
                            + " these, as in int(...), double(...) or string(...)"));
    boolean isTime = RuntimeValues.isTime(type);
    if (field != null) {
      return new EventExpression.OfField(field, valueType, isTime);
    }
    List<AvroField> used = Cel.used(tree, fields.keySet()).stream().map(fields::get).toList();
    return new EventExpression.OfProgram(Cel.program(tree), used, valueType, isTime);
  }

  /**
   * What an event adds to a feature.
   *
   * @throws InvalidExpression if one of the expressions is wrong
   */
  public Contribution contribution(Optional<String> where, Optional<String> value) {
    return new Contribution(where.map(this::condition), value.map(this::value));
  }

  private CelAbstractSyntaxTree check(String text) {
    if (compiler == null) {
      Map<String, CelType> types = new LinkedHashMap<>();
      fields.forEach((name, field) -> types.put(name, field.type()));
      compiler = Cel.compiler(types);
    }
    return Cel.check(compiler, text, vocabulary);
  }

  private static String typeName(EventExpression expression) {
    return expression.isTime() ? "timestamp" : expression.type().toString();
  }
}
