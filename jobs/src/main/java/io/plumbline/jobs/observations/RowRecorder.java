package io.plumbline.jobs.observations;

import java.util.Arrays;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.Converter;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.io.api.PrimitiveConverter;
import org.apache.parquet.io.api.RecordMaterializer;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;

/**
 * Writes each row that Parquet assembles straight into a payload, and remembers where the top
 * fields' values begin. Holds one row at a time.
 */
final class RowRecorder extends RecordMaterializer<RowRecorder> {
  private final PayloadWriter payload = new PayloadWriter();
  private final int[] offsets;
  private final GroupConverter root;

  RowRecorder(MessageType schema) {
    offsets = new int[schema.getFieldCount()];
    root = new Root(schema);
  }

  byte[] payload() {
    return payload.toBytes();
  }

  /** The value of a top field that is neither a group nor repeated; null if there is none. */
  Object value(int field, ParquetLeaf leaf) {
    return offsets[field] < 0 ? null : leaf.value(payload.readFrom(offsets[field]));
  }

  @Override
  public RowRecorder getCurrentRecord() {
    return this;
  }

  @Override
  public GroupConverter getRootConverter() {
    return root;
  }

  private class Group extends GroupConverter {
    private final Converter[] fields;
    private final int tag;

    Group(GroupType type, int tag) {
      this.tag = tag;
      fields = new Converter[type.getFieldCount()];
      for (int i = 0; i < fields.length; i++) {
        fields[i] = converter(type.getType(i), i);
      }
    }

    Converter converter(Type type, int field) {
      return type.isPrimitive() ? new Leaf(field + 1) : new Group(type.asGroupType(), field + 1);
    }

    @Override
    public Converter getConverter(int field) {
      return fields[field];
    }

    @Override
    public void start() {
      payload.putSize(tag);
    }

    @Override
    public void end() {
      payload.putSize(0);
    }
  }

  private final class Root extends Group {
    Root(MessageType schema) {
      super(schema, 0);
    }

    @Override
    Converter converter(Type type, int field) {
      return type.isPrimitive() ? new TopLeaf(field) : super.converter(type, field);
    }

    @Override
    public void start() {
      payload.reset();
      Arrays.fill(offsets, -1);
    }
  }

  private final class TopLeaf extends Leaf {
    private final int field;

    TopLeaf(int field) {
      super(field + 1);
      this.field = field;
    }

    @Override
    void begin() {
      super.begin();
      offsets[field] = payload.size();
    }
  }

  private class Leaf extends PrimitiveConverter {
    private final int tag;

    Leaf(int tag) {
      this.tag = tag;
    }

    void begin() {
      payload.putSize(tag);
    }

    @Override
    public void addBinary(Binary value) {
      begin();
      byte[] bytes = value.getBytesUnsafe();
      payload.putSize(bytes.length);
      payload.putBytes(bytes, 0, bytes.length);
    }

    @Override
    public void addBoolean(boolean value) {
      begin();
      payload.putByte(value ? 1 : 0);
    }

    @Override
    public void addDouble(double value) {
      begin();
      payload.putFixed(Double.doubleToRawLongBits(value), 8);
    }

    @Override
    public void addFloat(float value) {
      begin();
      payload.putFixed(Float.floatToRawIntBits(value), 4);
    }

    @Override
    public void addInt(int value) {
      begin();
      payload.putLong(value);
    }

    @Override
    public void addLong(long value) {
      begin();
      payload.putLong(value);
    }
  }
}
