package io.plumbline.aggregate;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** The exact sum of doubles and how many there are. */
final class DoubleSumAlgebra implements Algebra.Invertible<DoubleSumAlgebra.Sum> {

  static final class Sum extends ExactSum {
    private long count;

    /** The sum, rounded once; null if it is not finite. */
    Double sum() {
      return Rounding.finite(round());
    }

    /** The rounded sum divided by the count; null if the sum is not finite. */
    Double mean() {
      return Rounding.finite(round() / count);
    }
  }

  @Override
  public Sum zero() {
    return new Sum();
  }

  @Override
  public Sum add(Sum accumulator, Object value, Moment at) {
    accumulator.count++;
    accumulator.add(((Double) value).doubleValue());
    return accumulator;
  }

  @Override
  public Sum merge(Sum accumulator, Sum other) {
    accumulator.count += other.count;
    accumulator.add(other);
    return accumulator;
  }

  @Override
  public Sum subtract(Sum accumulator, Sum part) {
    accumulator.count -= part.count;
    if (accumulator.count == 0) {
      accumulator.clear();
    } else {
      accumulator.subtract(part);
    }
    return accumulator;
  }

  @Override
  public Sum copy(Sum accumulator) {
    Sum copy = zero();
    copy.count = accumulator.count;
    copy.set(accumulator);
    return copy;
  }

  @Override
  public boolean isEmpty(Sum accumulator) {
    return accumulator.count == 0;
  }

  @Override
  public void write(Sum accumulator, DataOutput out) throws IOException {
    Varints.write(accumulator.count, out);
    accumulator.write(out);
  }

  @Override
  public Sum read(DataInput in) throws IOException {
    Sum sum = zero();
    sum.count = Varints.read(in);
    sum.read(in);
    return sum;
  }
}
