package io.plumbline.jobs.table;

import io.plumbline.definition.ValueType;
import io.plumbline.jobs.observations.ColumnType;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * Gathers a {@link ColumnProfile}. Any order of {@link #add} and any tree of {@link #merge} over
 * the same values gives equal profiles and, by {@link #write}, equal bytes.
 */
abstract class ColumnProfiler {
  private final String type;
  private long count;
  private long nulls;
  private long defaults;

  ColumnProfiler(String type) {
    this.type = type;
  }

  static ColumnProfiler of(ColumnType type) {
    String name = type.name().toLowerCase(java.util.Locale.ROOT);
    return switch (type) {
      case LONG, DOUBLE, TIMESTAMP -> new OfNumbers(name);
      case BOOLEAN, STRING -> new OfValues(name);
      case OTHER -> new OfAnything(name);
    };
  }

  static ColumnProfiler of(ValueType type) {
    if (type.list()) {
      return new ListProfiler(type);
    }
    return type.isNumber() ? new OfNumbers(type.toString()) : new OfValues(type.toString());
  }

  /** Adds a row's value, which may be null. */
  final void add(Object value, boolean defaulted) {
    if (defaulted) {
      defaults++;
    }
    if (value == null) {
      nulls++;
    } else {
      count++;
      addValue(value);
    }
  }

  /** Adds all that {@code other} has, a profiler of the same column; it is not changed. */
  final void merge(ColumnProfiler other) {
    count += other.count;
    nulls += other.nulls;
    defaults += other.defaults;
    mergeValues(other);
  }

  final void write(DataOutput out) throws IOException {
    out.writeLong(count);
    out.writeLong(nulls);
    out.writeLong(defaults);
    writeValues(out);
  }

  /** Reads into a new profiler of the same column what {@link #write} wrote. */
  final void read(DataInput in) throws IOException {
    count = in.readLong();
    nulls = in.readLong();
    defaults = in.readLong();
    readValues(in);
  }

  final ColumnProfile profile() {
    return profile(type, count, nulls, defaults);
  }

  abstract void addValue(Object value);

  abstract void mergeValues(ColumnProfiler other);

  abstract void writeValues(DataOutput out) throws IOException;

  abstract void readValues(DataInput in) throws IOException;

  abstract ColumnProfile profile(String typeName, long values, long missing, long defaulted);

  private static final class OfNumbers extends ColumnProfiler {
    private NumberStatistics numbers = new NumberStatistics();

    OfNumbers(String type) {
      super(type);
    }

    @Override
    void addValue(Object value) {
      if (value instanceof Long integer) {
        numbers.add((long) integer);
      } else {
        numbers.add((double) (Double) value);
      }
    }

    @Override
    void mergeValues(ColumnProfiler other) {
      numbers.merge(((OfNumbers) other).numbers);
    }

    @Override
    void writeValues(DataOutput out) throws IOException {
      numbers.write(out);
    }

    @Override
    void readValues(DataInput in) throws IOException {
      numbers = NumberStatistics.read(in);
    }

    @Override
    ColumnProfile profile(String typeName, long values, long missing, long defaulted) {
      return ColumnProfile.ofNumbers(
          typeName, values, missing, defaulted, numbers.nonFinite(), numbers.numbers());
    }
  }

  private static final class OfValues extends ColumnProfiler {
    private ValueCounts counts = new ValueCounts();

    OfValues(String type) {
      super(type);
    }

    @Override
    void addValue(Object value) {
      counts.add(value.toString());
    }

    @Override
    void mergeValues(ColumnProfiler other) {
      counts.merge(((OfValues) other).counts);
    }

    @Override
    void writeValues(DataOutput out) throws IOException {
      counts.write(out);
    }

    @Override
    void readValues(DataInput in) throws IOException {
      counts = ValueCounts.read(in);
    }

    @Override
    ColumnProfile profile(String typeName, long values, long missing, long defaulted) {
      return ColumnProfile.ofValues(
          typeName, values, missing, defaulted, counts.distinct(), counts.top());
    }
  }

  /** Values that are only counted. */
  private static final class OfAnything extends ColumnProfiler {
    OfAnything(String type) {
      super(type);
    }

    @Override
    void addValue(Object value) {}

    @Override
    void mergeValues(ColumnProfiler other) {}

    @Override
    void writeValues(DataOutput out) {}

    @Override
    void readValues(DataInput in) {}

    @Override
    ColumnProfile profile(String typeName, long values, long missing, long defaulted) {
      return ColumnProfile.ofValues(typeName, values, missing, defaulted, null, null);
    }
  }
}
