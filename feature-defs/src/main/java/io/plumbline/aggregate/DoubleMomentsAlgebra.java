package io.plumbline.aggregate;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.math.BigInteger;

/** Count, exact sum and exact sum of squares of doubles. */
final class DoubleMomentsAlgebra implements Algebra.Invertible<DoubleMomentsAlgebra.Moments> {

  static final class Moments extends ExactSum {
    private long count;
    private Limbs squares = new Limbs();

    /** Null if undefined or not finite. */
    Double variance(Variance kind) {
      Limbs.Digits sum = exact().digits();
      Limbs.Digits square = squares.digits();
      int exponent = Math.min(2 * sum.exponent(), square.exponent());
      // Both on the same power of two; the sum's is squared, and so an even one of limbs.
      BigInteger scaledSum = sum.integer().shiftLeft(sum.exponent() - Math.floorDiv(exponent, 2));
      BigInteger scaledSquare = square.integer().shiftLeft(square.exponent() - exponent);
      return kind.of(count, scaledSum, scaledSquare, exponent);
    }
  }

  @Override
  public Moments zero() {
    return new Moments();
  }

  @Override
  public Moments add(Moments accumulator, Object value, Moment at) {
    double x = (Double) value;
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
    if (accumulator.count == 0) {
      accumulator.clear();
      accumulator.squares = new Limbs();
    } else {
      accumulator.subtract(part);
      accumulator.squares.subtract(part.squares);
    }
    return accumulator;
  }

  @Override
  public Moments copy(Moments accumulator) {
    Moments copy = zero();
    copy.count = accumulator.count;
    copy.set(accumulator);
    copy.squares = accumulator.squares.copy();
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
    moments.squares = Limbs.read(in);
    return moments;
  }
}
