package io.plumbline.aggregate;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** A histogram of numbers from which every quantile is known within 1%. */
final class QuantileAlgebra implements Algebra.Invertible<QuantileSketch> {

  @Override
  public QuantileSketch zero() {
    return new QuantileSketch();
  }

  @Override
  public QuantileSketch add(QuantileSketch accumulator, Object value, Moment at) {
    accumulator.add(QuantileSketch.bucketOf(((Number) value).doubleValue()), 1);
    return accumulator;
  }

  @Override
  public QuantileSketch merge(QuantileSketch accumulator, QuantileSketch other) {
    accumulator.addAll(other, 1);
    return accumulator;
  }

  @Override
  public QuantileSketch subtract(QuantileSketch accumulator, QuantileSketch part) {
    accumulator.addAll(part, -1);
    return accumulator;
  }

  @Override
  public QuantileSketch copy(QuantileSketch accumulator) {
    return accumulator.copy();
  }

  @Override
  public boolean isEmpty(QuantileSketch accumulator) {
    return accumulator.isEmpty();
  }

  @Override
  public void write(QuantileSketch accumulator, DataOutput out) throws IOException {
    accumulator.write(out);
  }

  @Override
  public QuantileSketch read(DataInput in) throws IOException {
    return QuantileSketch.read(in);
  }
}
