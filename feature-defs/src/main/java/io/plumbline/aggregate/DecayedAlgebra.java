package io.plumbline.aggregate;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** The sum of values, or the number of events, that halve every half-life. */
final class DecayedAlgebra implements Algebra<DecayedSum> {

  /** What decays. */
  enum Term {
    VALUE,
    ONE
  }

  private final Term term;
  private final long halfLifeMs;

  DecayedAlgebra(Term term, long halfLifeMs) {
    if (halfLifeMs < 1) {
      throw new IllegalArgumentException("half-life " + halfLifeMs + " ms is not positive");
    }
    this.term = term;
    this.halfLifeMs = halfLifeMs;
  }

  @Override
  public DecayedSum zero() {
    return new DecayedSum();
  }

  @Override
  public DecayedSum add(DecayedSum accumulator, Object value, Moment at) {
    double number =
        switch (term) {
          case VALUE -> ((Number) value).doubleValue();
          case ONE -> 1;
        };
    accumulator.add(number, at.eventTime(), halfLifeMs);
    return accumulator;
  }

  @Override
  public DecayedSum merge(DecayedSum accumulator, DecayedSum other) {
    accumulator.add(other);
    return accumulator;
  }

  @Override
  public DecayedSum copy(DecayedSum accumulator) {
    return accumulator.copy();
  }

  @Override
  public boolean isEmpty(DecayedSum accumulator) {
    return accumulator.isEmpty();
  }

  @Override
  public void write(DecayedSum accumulator, DataOutput out) throws IOException {
    accumulator.write(out);
  }

  @Override
  public DecayedSum read(DataInput in) throws IOException {
    return DecayedSum.read(in);
  }
}
