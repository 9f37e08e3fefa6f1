package io.plumbline.aggregate;

import io.plumbline.definition.ValueType;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;

/**
 * What accumulators need to know of values of one type: their order, how they are written, and a
 * hash that is the same on every machine.
 */
interface Values extends Comparator<Object> {

  void write(Object value, DataOutput out) throws IOException;

  Object read(DataInput in) throws IOException;

  /** A hash of 64 well-mixed bits. */
  long hash(Object value);

  static Values of(ValueType type) {
    Values scalar =
        switch (type.scalar()) {
          case BOOLEAN -> new Booleans();
          case LONG -> new Longs();
          case DOUBLE -> new Doubles();
          case STRING -> new Strings();
        };
    return type.list() ? new Lists(scalar) : scalar;
  }

  /** False before true. */
  final class Booleans implements Values {
    @Override
    public int compare(Object a, Object b) {
      return Boolean.compare((Boolean) a, (Boolean) b);
    }

    @Override
    public void write(Object value, DataOutput out) throws IOException {
      out.writeBoolean((Boolean) value);
    }

    @Override
    public Object read(DataInput in) throws IOException {
      return in.readBoolean();
    }

    @Override
    public long hash(Object value) {
      return Hash64.of((Boolean) value ? 1 : 0);
    }
  }

  /** By number. */
  final class Longs implements Values {
    @Override
    public int compare(Object a, Object b) {
      return Long.compare((Long) a, (Long) b);
    }

    @Override
    public void write(Object value, DataOutput out) throws IOException {
      Varints.writeSigned((Long) value, out);
    }

    @Override
    public Object read(DataInput in) throws IOException {
      return Varints.readSigned(in);
    }

    @Override
    public long hash(Object value) {
      return Hash64.of((Long) value);
    }
  }

  /** By number; there is neither {@code -0.0} nor NaN. */
  final class Doubles implements Values {
    @Override
    public int compare(Object a, Object b) {
      return Double.compare((Double) a, (Double) b);
    }

    @Override
    public void write(Object value, DataOutput out) throws IOException {
      out.writeDouble((Double) value);
    }

    @Override
    public Object read(DataInput in) throws IOException {
      return in.readDouble();
    }

    @Override
    public long hash(Object value) {
      return Hash64.of(Double.doubleToLongBits((Double) value));
    }
  }

  /** By code point. {@link String#compareTo} would put U+1F600 before U+FFEE. */
  final class Strings implements Values {
    @Override
    public int compare(Object a, Object b) {
      String left = (String) a;
      String right = (String) b;
      int common = Math.min(left.length(), right.length());
      for (int i = 0; i < common; i++) {
        char l = left.charAt(i);
        char r = right.charAt(i);
        if (l != r) {
          return rank(l) - rank(r);
        }
      }
      return left.length() - right.length();
    }

    /** Moves surrogates, which stand for the highest code points, behind all other units. */
    private static int rank(char unit) {
      return Character.isSurrogate(unit) ? unit + 0x10000 : unit;
    }

    /** Writes UTF-16 units one by one: a string with half a surrogate pair survives as it is. */
    @Override
    public void write(Object value, DataOutput out) throws IOException {
      String string = (String) value;
      Varints.write(string.length(), out);
      for (int i = 0; i < string.length(); i++) {
        Varints.write(string.charAt(i), out);
      }
    }

    @Override
    public Object read(DataInput in) throws IOException {
      char[] units = new char[Varints.readSize(in)];
      for (int i = 0; i < units.length; i++) {
        units[i] = (char) Varints.read(in);
      }
      return new String(units);
    }

    @Override
    public long hash(Object value) {
      return Hash64.of((String) value);
    }
  }

  /** Element by element; the shorter of two that are equal so far comes first. */
  final class Lists implements Values {
    private final Values element;

    private Lists(Values element) {
      this.element = element;
    }

    @Override
    public int compare(Object a, Object b) {
      List<?> left = (List<?>) a;
      List<?> right = (List<?>) b;
      int common = Math.min(left.size(), right.size());
      for (int i = 0; i < common; i++) {
        int c = element.compare(left.get(i), right.get(i));
        if (c != 0) {
          return c;
        }
      }
      return left.size() - right.size();
    }

    @Override
    public void write(Object value, DataOutput out) throws IOException {
      List<?> list = (List<?>) value;
      Varints.write(list.size(), out);
      for (Object one : list) {
        element.write(one, out);
      }
    }

    @Override
    public Object read(DataInput in) throws IOException {
      int size = Varints.readSize(in);
      List<Object> list = new ArrayList<>(size);
      for (int i = 0; i < size; i++) {
        list.add(element.read(in));
      }
      return Collections.unmodifiableList(list);
    }

    @Override
    public long hash(Object value) {
      List<?> list = (List<?>) value;
      long hash = Hash64.of(list.size());
      for (Object one : list) {
        hash = Hash64.of(hash ^ element.hash(one));
      }
      return hash;
    }
  }
}
