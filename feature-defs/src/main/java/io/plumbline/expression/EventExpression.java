package io.plumbline.expression;

import dev.cel.common.values.NullValue;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelVariableResolver;
import io.plumbline.definition.ValueType;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.avro.Schema;
import org.apache.avro.generic.IndexedRecord;

/** An expression over the fields of an event. An instance is for one thread at a time. */
public abstract sealed class EventExpression {
  private final ValueType type;
  private final boolean isTime;
  private final Set<String> fields;

  private EventExpression(ValueType type, boolean isTime, Set<String> fields) {
    this.type = type;
    this.isTime = isTime;
    this.fields = Set.copyOf(fields);
  }

  private static Set<String> topLevel(List<AvroField> used) {
    return used.stream().map(field -> field.path().get(0)).collect(Collectors.toSet());
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
      super(type, isTime, topLevel(List.of(field)));
      reader = field.reader();
    }

    @Override
    Object evaluate(IndexedRecord event, ValueType as) {
      reader.resolve(event.getSchema());
      return RuntimeValues.of(reader.read(event), as);
    }
  }

  /**
   * {@code &&} or {@code ||}, decided without CEL: the side that decides wins, even over a failure
   * of the other; a null is no bool, and fails.
   */
  static final class OfLogic extends EventExpression {
    private final EventExpression left;
    private final EventExpression right;
    private final Boolean decisive;

    private OfLogic(EventExpression left, EventExpression right, Boolean decisive) {
      super(ValueType.BOOLEAN, false, union(left.fields(), right.fields()));
      this.left = left;
      this.right = right;
      this.decisive = decisive;
    }

    static OfLogic and(EventExpression left, EventExpression right) {
      return new OfLogic(left, right, false);
    }

    static OfLogic or(EventExpression left, EventExpression right) {
      return new OfLogic(left, right, true);
    }

    private static Set<String> union(Set<String> a, Set<String> b) {
      Set<String> all = new TreeSet<>(a);
      all.addAll(b);
      return all;
    }

    @Override
    Object evaluate(IndexedRecord event, ValueType as) {
      Object one = left.evaluate(event, ValueType.BOOLEAN);
      if (decisive.equals(one)) {
        return decisive;
      }
      Object other = right.evaluate(event, ValueType.BOOLEAN);
      if (decisive.equals(other)) {
        return decisive;
      }
      boolean bools = one instanceof Boolean && other instanceof Boolean;
      return bools ? (Object) !decisive : Contribution.FAILED;
    }
  }

  /** Any other expression. */
  static final class OfProgram extends EventExpression implements CelVariableResolver {
    private final CelRuntime.Program program;
    private final boolean failsOnNull;
    private final String[] names;
    private final AvroField.Reader[] readers;
    private final Object[] values;
    private Schema schema;
    private IndexedRecord event;

    /**
     * @param failsOnNull whether a null in any field is known to make it fail
     */
    OfProgram(
        CelRuntime.Program program,
        List<AvroField> used,
        boolean failsOnNull,
        ValueType type,
        boolean isTime) {
      super(type, isTime, topLevel(used));
      this.program = program;
      this.failsOnNull = failsOnNull;
      names = used.stream().map(AvroField::name).toArray(String[]::new);
      readers = used.stream().map(AvroField::reader).toArray(AvroField.Reader[]::new);
      values = new Object[names.length];
    }

    @Override
    public Optional<Object> find(String name) {
      for (int i = 0; i < names.length; i++) {
        if (names[i].equals(name)) {
          Object value = failsOnNull ? values[i] : readers[i].read(event);
          return Optional.of(value == null ? NullValue.NULL_VALUE : value);
        }
      }
      return Optional.empty();
    }

    @Override
    Object evaluate(IndexedRecord event, ValueType as) {
      if (event.getSchema() != schema) {
        for (AvroField.Reader reader : readers) {
          reader.resolve(event.getSchema());
        }
        schema = event.getSchema();
      }
      this.event = event;
      if (failsOnNull && !readValues()) {
        return Contribution.FAILED;
      }
      try {
        return RuntimeValues.of(program.eval(this), as);
      } catch (CelEvaluationException | ArithmeticException e) {
        return Contribution.FAILED;
      }
    }

    /** False if one is null: an exception of CEL's costs microseconds. */
    private boolean readValues() {
      for (int i = 0; i < readers.length; i++) {
        values[i] = readers[i].read(event);
        if (values[i] == null) {
          return false;
        }
      }
      return true;
    }
  }
}
