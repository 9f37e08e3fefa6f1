package io.plumbline.aggregate;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** Count, exact sum and exact sum of squares of longs. */
final class LongMomentsAlgebra implements Algebra.Invertible<LongMomentsAlgebra.Moments> {

  static final class Moments extends Int192 {
    private long count;
    private final Int192 squares = new Int192();

    /** Null if undefined. */
    Double variance(Variance kind) {
      return isLong() && squares.isLong()
          ? kind.of(count, longValue(), squares.longValue())
          : kind.of(count, toBigInteger(), squares.toBigInteger(), 0);
    }
  }

  @Override
  public Moments zero() {
    return new Moments();
  }

  @Override
  public Moments add(Moments accumulator, Object value, Moment at) {
    long x = (Long) value;
    accumulator.count++;
    accumulator.add(x);
    accumulator.squares.addSquare(x);
    return accumulator;
  }

  @Override
  public Moments merge(Moments accumulator, Moments other) {
    accumulator.count += other.count;
    accumulator.add(other);
    accumulator.squares.add(other.squares);
    return accumulator;
  }

  @Override
  public Moments subtract(Moments accumulator, Moments part) {
    accumulator.count -= part.count;
    accumulator.subtract(part);
    accumulator.squares.subtract(part.squares);
    return accumulator;
  }

  @Override
  public Moments copy(Moments accumulator) {
    Moments copy = zero();
    copy.count = accumulator.count;
    copy.set(accumulator);
    copy.squares.set(accumulator.squares);
    return copy;
  }

  @Override
  public boolean isEmpty(Moments accumulator) {
    return accumulator.count == 0;
  }

  @Override
  public void write(Moments accumulator, DataOutput out) throws IOException {
    Varints.write(accumulator.count, out);
    accumulator.write(out);
    accumulator.squares.write(out);
  }

  @Override
  public Moments read(DataInput in) throws IOException {
    Moments moments = zero();
    moments.count = Varints.read(in);
    moments.read(in);
    moments.squares.read(in);
    return moments;
  }
}
