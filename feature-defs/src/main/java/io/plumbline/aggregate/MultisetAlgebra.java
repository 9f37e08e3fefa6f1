package io.plumbline.aggregate;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** How often each value occurs, exactly. */
final class MultisetAlgebra implements Algebra.Invertible<Multiset> {
  private final Values values;

  MultisetAlgebra(Values values) {
    this.values = values;
  }

  @Override
  public Multiset zero() {
    return new Multiset();
  }

  @Override
  public Multiset add(Multiset accumulator, Object value, Moment at) {
    accumulator.add(value, 1);
    return accumulator;
  }

  @Override
  public Multiset merge(Multiset accumulator, Multiset other) {
    accumulator.addAll(other, 1);
    return accumulator;
  }

  @Override
  public Multiset subtract(Multiset accumulator, Multiset part) {
    accumulator.addAll(part, -1);
    return accumulator;
  }

  @Override
  public Multiset copy(Multiset accumulator) {
    return accumulator.copy();
  }

  @Override
  public boolean isEmpty(Multiset accumulator) {
    return accumulator.size() == 0;
  }

  @Override
  public void write(Multiset accumulator, DataOutput out) throws IOException {
    Varints.write(accumulator.size(), out);
    for (Object value : accumulator.sorted(values)) {
      values.write(value, out);
      Varints.write(accumulator.count(value), out);
    }
  }

  @Override
  public Multiset read(DataInput in) throws IOException {
    Multiset multiset = zero();
    for (int left = Varints.readSize(in); left > 0; left--) {
      Object value = values.read(in);
      multiset.add(value, Varints.read(in));
    }
    return multiset;
  }
}
