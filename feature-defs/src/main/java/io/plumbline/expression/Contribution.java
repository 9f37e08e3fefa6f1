package io.plumbline.expression;

import io.plumbline.definition.Feature;
import io.plumbline.definition.Source;
import io.plumbline.definition.ValueType;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.avro.generic.IndexedRecord;

/**
 * What an event adds to a feature: its value, if it passes the condition. An instance is for one
 * thread at a time; strings are what travels, each operator compiles its own.
 */
public final class Contribution {
  /** Says that an expression failed on an event, which then adds nothing. */
  public static final Object FAILED =
      new Object() {
        @Override
        public String toString() {
          return "FAILED";
        }
      };

  private final EventExpression where;
  private final EventExpression value;
  private final ValueType as;

  Contribution(Optional<EventExpression> where, Optional<EventExpression> value) {
    this(where.orElse(null), value.orElse(null), value.map(EventExpression::type).orElse(null));
  }

  private Contribution(EventExpression where, EventExpression value, ValueType as) {
    this.where = where;
    this.value = value;
    this.as = as;
  }

  /**
   * Compiles a feature's expressions; for many of one source, {@link EventSchema#contribution}
   * costs less.
   *
   * @param where CEL condition; empty lets every event pass
   * @param value CEL expression; empty where the aggregate needs no value
   * @throws InvalidExpression if one of them is wrong
   */
  public static Contribution compile(
      Source source, Optional<String> where, Optional<String> value) {
    return EventSchema.of(source).contribution(where, value);
  }

  /**
   * Compiles the expressions of a feature over this source; values are of the feature's {@link
   * Feature.Windowed#valueType()}, whole numbers turned into doubles where that asks for it.
   */
  public static Contribution of(Source source, Feature.Windowed feature) {
    return EventSchema.of(source).contribution(feature);
  }

  /** The same with values of another type: double in place of long. */
  Contribution as(Optional<ValueType> type) {
    return new Contribution(where, value, type.orElse(null));
  }

  /** Type of the values that {@link #lift} gives; empty if there is no value expression. */
  public Optional<ValueType> valueType() {
    return Optional.ofNullable(as);
  }

  /** The event's own fields that are read: a record holding these is enough. */
  public Set<String> fields() {
    Set<String> fields = new TreeSet<>();
    if (where != null) {
      fields.addAll(where.fields());
    }
    if (value != null) {
      fields.addAll(value.fields());
    }
    return fields;
  }

  /**
   * What the event adds.
   *
   * @param event holding at least {@link #fields()}, with Avro's own in-memory values (times as
   *     longs)
   * @return the value as {@link ValueType} represents it, or {@code TRUE} if there is no value
   *     expression; null if the event adds nothing: the condition is false or null, the value is
   *     null, not finite, or a list with such an element; {@link #FAILED} if an expression failed
   * @throws IllegalArgumentException if the event has no such field
   */
  public Object lift(IndexedRecord event) {
    if (where != null) {
      Object passes = where.evaluate(event, ValueType.BOOLEAN);
      if (passes == FAILED) {
        return FAILED;
      }
      if (!Boolean.TRUE.equals(passes)) {
        return null;
      }
    }
    return value == null ? Boolean.TRUE : value.evaluate(event, as);
  }
}
