package io.plumbline.aggregate;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** How many values there are. */
final class CountAlgebra implements Algebra.Invertible<CountAlgebra.Count> {

  static final class Count {
    long count;
  }

  @Override
  public Count zero() {
    return new Count();
  }

  @Override
  public Count add(Count accumulator, Object value, Moment at) {
    accumulator.count++;
    return accumulator;
  }

  @Override
  public Count merge(Count accumulator, Count other) {
    accumulator.count += other.count;
    return accumulator;
  }

  @Override
  public Count subtract(Count accumulator, Count part) {
    accumulator.count -= part.count;
    return accumulator;
  }

  @Override
  public Count copy(Count accumulator) {
    return merge(zero(), accumulator);
  }

  @Override
  public boolean isEmpty(Count accumulator) {
    return accumulator.count == 0;
  }

  @Override
  public void write(Count accumulator, DataOutput out) throws IOException {
    Varints.write(accumulator.count, out);
  }

  @Override
  public Count read(DataInput in) throws IOException {
    Count count = zero();
    count.count = Varints.read(in);
    return count;
  }
}
