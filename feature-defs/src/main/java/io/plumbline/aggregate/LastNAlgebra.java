package io.plumbline.aggregate;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** The values of the newest {@code n} events. */
final class LastNAlgebra implements Algebra<LastNAlgebra.Newest> {
  private static final int FIRST_CAPACITY = 2;

  static final class Newest {
    /** Ascending, as new events mostly come at the end; parallel to {@link #values}. */
    private Moment[] moments = {};

    private Object[] values = {};
    private int size;

    /** The values, newest first. */
    List<Object> newestFirst() {
      Object[] list = new Object[size];
      for (int i = 0; i < size; i++) {
        list[i] = values[size - 1 - i];
      }
      return Collections.unmodifiableList(Arrays.asList(list));
    }
  }

  private final int n;
  private final Values values;

  LastNAlgebra(int n, Values values) {
    this.n = n;
    this.values = values;
  }

  @Override
  public Newest zero() {
    return new Newest();
  }

  @Override
  public Newest add(Newest accumulator, Object value, Moment at) {
    int place = accumulator.size;
    while (place > 0 && accumulator.moments[place - 1].compareTo(at) > 0) {
      place--;
    }
    if (accumulator.size < n) {
      insert(accumulator, place, value, at);
    } else if (place > 0) {
      replaceOldest(accumulator, place - 1, value, at);
    }
    return accumulator;
  }

  private void insert(Newest into, int place, Object value, Moment at) {
    if (into.size == into.values.length) {
      int capacity = (int) Math.min(n, Math.max(FIRST_CAPACITY, 2L * into.size));
      into.moments = Arrays.copyOf(into.moments, capacity);
      into.values = Arrays.copyOf(into.values, capacity);
    }
    int after = into.size - place;
    System.arraycopy(into.moments, place, into.moments, place + 1, after);
    System.arraycopy(into.values, place, into.values, place + 1, after);
    into.moments[place] = at;
    into.values[place] = value;
    into.size++;
  }

  private static void replaceOldest(Newest in, int place, Object value, Moment at) {
    System.arraycopy(in.moments, 1, in.moments, 0, place);
    System.arraycopy(in.values, 1, in.values, 0, place);
    in.moments[place] = at;
    in.values[place] = value;
  }

  @Override
  public Newest merge(Newest accumulator, Newest other) {
    for (int i = 0; i < other.size; i++) {
      add(accumulator, other.values[i], other.moments[i]);
    }
    return accumulator;
  }

  @Override
  public Newest copy(Newest accumulator) {
    Newest copy = zero();
    copy.moments = accumulator.moments.clone();
    copy.values = accumulator.values.clone();
    copy.size = accumulator.size;
    return copy;
  }

  @Override
  public boolean isEmpty(Newest accumulator) {
    return accumulator.size == 0;
  }

  @Override
  public void write(Newest accumulator, DataOutput out) throws IOException {
    Varints.write(accumulator.size, out);
    for (int i = 0; i < accumulator.size; i++) {
      MomentCodec.write(accumulator.moments[i], out);
      values.write(accumulator.values[i], out);
    }
  }

  @Override
  public Newest read(DataInput in) throws IOException {
    Newest newest = zero();
    int size = Varints.readSize(in);
    newest.moments = new Moment[size];
    newest.values = new Object[size];
    newest.size = size;
    for (int i = 0; i < size; i++) {
      newest.moments[i] = MomentCodec.read(in);
      newest.values[i] = values.read(in);
    }
    return newest;
  }
}
