package io.plumbline.aggregate;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** The smallest or the largest value. */
final class ExtremeAlgebra implements Algebra<ExtremeAlgebra.Extreme> {

  /** Which end of the order is kept. */
  enum End {
    MIN,
    MAX
  }

  static final class Extreme {
    /** Null as long as there is none. */
    private Object value;

    Object value() {
      return value;
    }
  }

  private final End end;
  private final Values values;

  ExtremeAlgebra(End end, Values values) {
    this.end = end;
    this.values = values;
  }

  @Override
  public Extreme zero() {
    return new Extreme();
  }

  @Override
  public Extreme add(Extreme accumulator, Object value, Moment at) {
    if (accumulator.value == null || isBeyond(value, accumulator.value)) {
      accumulator.value = value;
    }
    return accumulator;
  }

  private boolean isBeyond(Object value, Object best) {
    int order = values.compare(value, best);
    return switch (end) {
      case MIN -> order < 0;
      case MAX -> order > 0;
    };
  }

  @Override
  public Extreme merge(Extreme accumulator, Extreme other) {
    return other.value == null ? accumulator : add(accumulator, other.value, null);
  }

  @Override
  public Extreme copy(Extreme accumulator) {
    return merge(zero(), accumulator);
  }

  @Override
  public boolean isEmpty(Extreme accumulator) {
    return accumulator.value == null;
  }

  @Override
  public void write(Extreme accumulator, DataOutput out) throws IOException {
    out.writeBoolean(accumulator.value != null);
    if (accumulator.value != null) {
      values.write(accumulator.value, out);
    }
  }

  @Override
  public Extreme read(DataInput in) throws IOException {
    Extreme extreme = zero();
    if (in.readBoolean()) {
      extreme.value = values.read(in);
    }
    return extreme;
  }
}
