package io.plumbline.time;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;

/** Reads a time from a field's Avro value: the one place that knows how times are written. */
public enum TimeField {
  /** A long, plain or {@code timestamp-millis}: epoch milliseconds. */
  EPOCH_MILLIS {
    @Override
    public long millis(Object value) {
      return ((Number) value).longValue();
    }

    @Override
    public Object value(Instant time) {
      return time.toEpochMilli();
    }
  },
  /** A long with {@code timestamp-micros}: epoch microseconds, floored to milliseconds. */
  EPOCH_MICROS {
    @Override
    public long millis(Object value) {
      return Math.floorDiv(((Number) value).longValue(), 1_000L);
    }

    @Override
    public Object value(Instant time) {
      return units(time, 1_000_000L);
    }
  },
  /** A long with {@code timestamp-nanos}: epoch nanoseconds, floored to milliseconds. */
  EPOCH_NANOS {
    @Override
    public long millis(Object value) {
      return Math.floorDiv(((Number) value).longValue(), 1_000_000L);
    }

    @Override
    public Object value(Instant time) {
      return units(time, 1_000_000_000L);
    }
  },
  /** A string: ISO-8601 with a zone, e.g. {@code 2026-05-01T08:00:00Z}, floored to milliseconds. */
  ISO_8601 {
    @Override
    public long millis(Object value) {
      return parseIso(value.toString());
    }

    @Override
    public Object value(Instant time) {
      return time.toString();
    }
  };

  /**
   * The time in a field's value.
   *
   * @param value what Avro reads for the field, not null
   * @return epoch milliseconds
   * @throws DateTimeException if a string is no ISO-8601 time with a zone
   * @throws ArithmeticException if the time does not fit epoch milliseconds
   */
  public abstract long millis(Object value);

  /**
   * What a field that is written this way holds for a time, floored to its unit.
   *
   * @throws ArithmeticException if the time does not fit the field
   */
  public abstract Object value(Instant time);

  /**
   * How times are written in a field of this schema; empty where it cannot hold one.
   *
   * @param schema of the field, with or without null
   */
  public static Optional<TimeField> of(Schema schema) {
    Schema bare = nonNull(schema);
    if (bare.getType() == Schema.Type.STRING) {
      return Optional.of(ISO_8601);
    }
    if (bare.getType() != Schema.Type.LONG) {
      return Optional.empty();
    }
    if (bare.getLogicalType() instanceof LogicalTypes.TimestampMicros) {
      return Optional.of(EPOCH_MICROS);
    }
    if (bare.getLogicalType() instanceof LogicalTypes.TimestampNanos) {
      return Optional.of(EPOCH_NANOS);
    }
    return Optional.of(EPOCH_MILLIS);
  }

  /** The schema without null, where it is a union of null and one other. */
  public static Schema nonNull(Schema schema) {
    if (schema.getType() == Schema.Type.UNION && schema.getTypes().size() == 2) {
      Schema first = schema.getTypes().get(0);
      Schema second = schema.getTypes().get(1);
      if (first.getType() == Schema.Type.NULL) {
        return second;
      }
      if (second.getType() == Schema.Type.NULL) {
        return first;
      }
    }
    return schema;
  }

  /**
   * Epoch milliseconds of an ISO-8601 time with a zone, floored.
   *
   * @throws DateTimeException if it is not one
   */
  public static long parseIso(String text) {
    return parseInstant(text).toEpochMilli();
  }

  /**
   * An ISO-8601 time with a zone.
   *
   * @throws DateTimeException if it is not one
   */
  public static Instant parseInstant(String text) {
    return OffsetDateTime.parse(text, DateTimeFormatter.ISO_DATE_TIME).toInstant();
  }

  private static long units(Instant time, long perSecond) {
    long fraction = time.getNano() / (1_000_000_000L / perSecond);
    if (time.getEpochSecond() >= 0) {
      return Math.addExact(Math.multiplyExact(time.getEpochSecond(), perSecond), fraction);
    }
    long next = Math.multiplyExact(time.getEpochSecond() + 1, perSecond);
    return Math.addExact(next, fraction - perSecond);
  }
}
