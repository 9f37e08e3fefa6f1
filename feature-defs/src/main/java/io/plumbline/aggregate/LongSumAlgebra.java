package io.plumbline.aggregate;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** The exact sum of longs and how many there are. */
final class LongSumAlgebra implements Algebra.Invertible<LongSumAlgebra.Sum> {

  static final class Sum extends Int192 {
    private long count;

    /** The sum; null outside 64 bits. */
    Long sum() {
      return isLong() ? Long.valueOf(longValue()) : null;
    }

    /** The sum, rounded once to a double, divided by the count. */
    Double mean() {
      double sum = isLong() ? (double) longValue() : toBigInteger().doubleValue();
      return Rounding.finite(sum / count);
    }
  }

  @Override
  public Sum zero() {
    return new Sum();
  }

  @Override
  public Sum add(Sum accumulator, Object value, Moment at) {
    accumulator.count++;
    accumulator.add(((Long) value).longValue());
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
    accumulator.subtract(part);
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
