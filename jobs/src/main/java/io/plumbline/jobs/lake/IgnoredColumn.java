package io.plumbline.jobs.lake;

import java.util.ArrayList;
import java.util.List;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.Converter;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.io.api.PrimitiveConverter;
import org.apache.parquet.schema.Type;

/** Takes a column of a nested record that the schema does not know, and drops its values. */
final class IgnoredColumn extends GroupConverter {
  private final List<Converter> children = new ArrayList<>();

  private IgnoredColumn(Type column) {
    column.asGroupType().getFields().forEach(child -> children.add(of(child)));
  }

  static Converter of(Type column) {
    return column.isPrimitive() ? new Dropped() : new IgnoredColumn(column);
  }

  @Override
  public Converter getConverter(int index) {
    return children.get(index);
  }

  @Override
  public void start() {}

  @Override
  public void end() {}

  private static final class Dropped extends PrimitiveConverter {
    @Override
    public void addBinary(Binary value) {}

    @Override
    public void addBoolean(boolean value) {}

    @Override
    public void addDouble(double value) {}

    @Override
    public void addFloat(float value) {}

    @Override
    public void addInt(int value) {}

    @Override
    public void addLong(long value) {}
  }
}
