package io.plumbline.timeline;

import io.plumbline.definition.ValueType;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Writes the values of a fixed row of types, nulls included: a bit for each value that is there,
 * then the values. A place without a type holds {@code true} or null and costs its bit alone.
 */
public final class ValueCodec {
  private final ValueType[] types;

  /**
   * @param types of the row's values; empty where only presence counts
   */
  public ValueCodec(List<Optional<ValueType>> types) {
    this.types = types.stream().map(t -> t.orElse(null)).toArray(ValueType[]::new);
  }

  /**
   * @param values one for each type, null allowed
   */
  public void write(Object[] values, DataOutput out) throws IOException {
    writePresence(values, out);
    for (int i = 0; i < types.length; i++) {
      if (values[i] != null && types[i] != null) {
        writeValue(types[i], values[i], out);
      }
    }
  }

  /** Reads what {@link #write} wrote. */
  public Object[] read(DataInput in) throws IOException {
    Object[] values = new Object[types.length];
    byte[] presence = readPresence(types.length, in);
    for (int i = 0; i < types.length; i++) {
      if (isPresent(presence, i)) {
        values[i] = types[i] == null ? Boolean.TRUE : readValue(types[i], in);
      }
    }
    return values;
  }

  /** Writes which of the objects are not null: one bit each, packed from the lowest. */
  static void writePresence(Object[] objects, DataOutput out) throws IOException {
    for (int from = 0; from < objects.length; from += Byte.SIZE) {
      int bits = 0;
      for (int i = from; i < Math.min(objects.length, from + Byte.SIZE); i++) {
        if (objects[i] != null) {
          bits |= 1 << (i - from);
        }
      }
      out.writeByte(bits);
    }
  }

  /** Reads what {@link #writePresence} wrote of so many objects. */
  static byte[] readPresence(int objects, DataInput in) throws IOException {
    byte[] presence = new byte[(objects + Byte.SIZE - 1) / Byte.SIZE];
    in.readFully(presence);
    return presence;
  }

  static boolean isPresent(byte[] presence, int i) {
    return (presence[i / Byte.SIZE] >> i % Byte.SIZE & 1) != 0;
  }

  private static void writeValue(ValueType type, Object value, DataOutput out) throws IOException {
    if (!type.list()) {
      writeScalar(type.scalar(), value, out);
      return;
    }
    List<?> list = (List<?>) value;
    out.writeInt(list.size());
    for (Object element : list) {
      writeScalar(type.scalar(), element, out);
    }
  }

  private static void writeScalar(ValueType.Scalar type, Object value, DataOutput out)
      throws IOException {
    switch (type) {
      case BOOLEAN -> out.writeBoolean((Boolean) value);
      case LONG -> out.writeLong((Long) value);
      case DOUBLE -> out.writeDouble((Double) value);
      case STRING -> {
        byte[] utf8 = ((String) value).getBytes(StandardCharsets.UTF_8);
        out.writeInt(utf8.length);
        out.write(utf8);
      }
    }
  }

  private static Object readValue(ValueType type, DataInput in) throws IOException {
    if (!type.list()) {
      return readScalar(type.scalar(), in);
    }
    int size = in.readInt();
    List<Object> list = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      list.add(readScalar(type.scalar(), in));
    }
    return list;
  }

  private static Object readScalar(ValueType.Scalar type, DataInput in) throws IOException {
    return switch (type) {
      case BOOLEAN -> in.readBoolean();
      case LONG -> in.readLong();
      case DOUBLE -> in.readDouble();
      case STRING -> {
        byte[] utf8 = new byte[in.readInt()];
        in.readFully(utf8);
        yield new String(utf8, StandardCharsets.UTF_8);
      }
    };
  }
}
