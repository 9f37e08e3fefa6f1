package io.plumbline.aggregate;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * Element-wise exact sums of lists with {@code n} numbers, and how many there are. A list of
 * another length, or with an element that is null or not finite, is not added.
 */
final class VectorSumAlgebra implements Algebra.Invertible<VectorSumAlgebra.VectorSum> {

  static final class VectorSum {
    private long count;

    /** Null as long as the count is 0. */
    private ExactSum[] sums;

    /** Each element's rounded sum divided by the count; null if one of them is not finite. */
    List<Double> mean() {
      Double[] means = new Double[sums.length];
      for (int i = 0; i < means.length; i++) {
        means[i] = Rounding.finite(sums[i].round() / count);
        if (means[i] == null) {
          return null;
        }
      }
      return Collections.unmodifiableList(Arrays.asList(means));
    }
  }

  private final int n;

  VectorSumAlgebra(int n) {
    this.n = n;
  }

  @Override
  public VectorSum zero() {
    return new VectorSum();
  }

  @Override
  public VectorSum add(VectorSum accumulator, Object value, Moment at) {
    List<?> vector = (List<?>) value;
    if (!contributes(vector)) {
      return accumulator;
    }
    ExactSum[] sums = sums(accumulator);
    for (int i = 0; i < n; i++) {
      if (vector.get(i) instanceof Long integer) {
        sums[i].add(integer.longValue());
      } else {
        sums[i].add(((Double) vector.get(i)).doubleValue());
      }
    }
    accumulator.count++;
    return accumulator;
  }

  private boolean contributes(List<?> vector) {
    if (vector.size() != n) {
      return false;
    }
    for (Object element : vector) {
      if (element == null || element instanceof Double number && !Double.isFinite(number)) {
        return false;
      }
    }
    return true;
  }

  private ExactSum[] sums(VectorSum accumulator) {
    if (accumulator.sums == null) {
      accumulator.sums = new ExactSum[n];
      Arrays.setAll(accumulator.sums, i -> new ExactSum());
    }
    return accumulator.sums;
  }

  @Override
  public VectorSum merge(VectorSum accumulator, VectorSum other) {
    if (other.count > 0) {
      ExactSum[] sums = sums(accumulator);
      for (int i = 0; i < n; i++) {
        sums[i].add(other.sums[i]);
      }
      accumulator.count += other.count;
    }
    return accumulator;
  }

  @Override
  public VectorSum subtract(VectorSum accumulator, VectorSum part) {
    accumulator.count -= part.count;
    if (accumulator.count == 0) {
      accumulator.sums = null;
    } else if (part.count > 0) {
      for (int i = 0; i < n; i++) {
        accumulator.sums[i].subtract(part.sums[i]);
      }
    }
    return accumulator;
  }

  @Override
  public VectorSum copy(VectorSum accumulator) {
    return merge(zero(), accumulator);
  }

  @Override
  public boolean isEmpty(VectorSum accumulator) {
    return accumulator.count == 0;
  }

  @Override
  public void write(VectorSum accumulator, DataOutput out) throws IOException {
    Varints.write(accumulator.count, out);
    if (accumulator.count > 0) {
      for (ExactSum sum : accumulator.sums) {
        sum.write(out);
      }
    }
  }

  @Override
  public VectorSum read(DataInput in) throws IOException {
    VectorSum vector = zero();
    vector.count = Varints.read(in);
    if (vector.count > 0) {
      for (ExactSum sum : sums(vector)) {
        sum.read(in);
      }
    }
    return vector;
  }
}
