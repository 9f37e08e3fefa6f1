package io.plumbline.expression;

import dev.cel.common.values.NullValue;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelVariableResolver;
import io.plumbline.definition.ValueType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.avro.Schema;
import org.apache.avro.generic.IndexedRecord;

/** An expression over the fields of an event. An instance is for one thread at a time. */
public abstract sealed class EventExpression {
  private final ValueType type;
  private final boolean isTime;
  private final Set<String> fields;

  private EventExpression(ValueType type, boolean isTime, List<AvroField> used) {
    this.type = type;
    this.isTime = isTime;
    Set<String> names = new TreeSet<>();
    used.forEach(field -> names.add(field.path().get(0)));
    this.fields = Set.copyOf(names);
  }

  /** Type of the values; times are longs. */
  public ValueType type() {
    return type;
  }

  /** Whether the values, or a list's elements, are times: epoch milliseconds. */
  public boolean isTime() {
    return isTime;
  }

  /** The event's own fields that are read: a record holding these is enough. */
  public Set<String> fields() {
    return fields;
  }

  /**
   * The value for an event.
   *
   * @param as the type wanted: {@link #type()}, or double where that is long
   * @return null where it is null, not finite, or a list with such an element; {@link
   *     Contribution#FAILED} where evaluation fails
   * @throws IllegalArgumentException if the event lacks one of {@link #fields()}
   */
  abstract Object evaluate(IndexedRecord event, ValueType as);

  /** A field as it is: no need to ask CEL. */
  static final class OfField extends EventExpression {
    private final AvroField.Reader reader;

    OfField(AvroField field, ValueType type, boolean isTime) {
      super(type, isTime, List.of(field));
      reader = field.reader();
    }

    @Override
    Object evaluate(IndexedRecord event, ValueType as) {
      reader.resolve(event.getSchema());
      return RuntimeValues.of(reader.read(event), as);
    }
  }

  /** Any other expression. */
  static final class OfProgram extends EventExpression implements CelVariableResolver {
    private final CelRuntime.Program program;
    private final Map<String, AvroField.Reader> readers = new HashMap<>();
    private IndexedRecord event;
    private Schema schema;

    OfProgram(CelRuntime.Program program, List<AvroField> used, ValueType type, boolean isTime) {
      super(type, isTime, used);
      this.program = program;
      used.forEach(field -> readers.put(field.name(), field.reader()));
    }

    @Override
    public Optional<Object> find(String name) {
      AvroField.Reader reader = readers.get(name);
      if (reader == null) {
        return Optional.empty();
      }
      Object value = reader.read(event);
      return Optional.of(value == null ? NullValue.NULL_VALUE : value);
    }

    @Override
    Object evaluate(IndexedRecord event, ValueType as) {
      if (event.getSchema() != schema) {
        schema = event.getSchema();
        readers.values().forEach(reader -> reader.resolve(schema));
      }
      this.event = event;
      try {
        return RuntimeValues.of(program.eval(this), as);
      } catch (CelEvaluationException | ArithmeticException e) {
        return Contribution.FAILED;
      } finally {
        this.event = null;
      }
    }
  }
}
