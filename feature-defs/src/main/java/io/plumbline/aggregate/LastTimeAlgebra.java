package io.plumbline.aggregate;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** When the last event happened. */
final class LastTimeAlgebra implements Algebra<LastTimeAlgebra.LastTime> {
  static final class LastTime {
    private boolean known;
    private long ms;

    /** Epoch ms; without meaning as long as there is no event. */
    long ms() {
      return ms;
    }
  }

  @Override
  public LastTime zero() {
    return new LastTime();
  }

  @Override
  public LastTime add(LastTime accumulator, Object value, Moment at) {
    return raise(accumulator, at.eventTime());
  }

  private static LastTime raise(LastTime accumulator, long ms) {
    accumulator.ms = accumulator.known ? Math.max(accumulator.ms, ms) : ms;
    accumulator.known = true;
    return accumulator;
  }

  @Override
  public LastTime merge(LastTime accumulator, LastTime other) {
    return other.known ? raise(accumulator, other.ms) : accumulator;
  }

  @Override
  public LastTime copy(LastTime accumulator) {
    return merge(zero(), accumulator);
  }

  @Override
  public boolean isEmpty(LastTime accumulator) {
    return !accumulator.known;
  }

  @Override
  public void write(LastTime accumulator, DataOutput out) throws IOException {
    out.writeBoolean(accumulator.known);
    if (accumulator.known) {
      Varints.writeSigned(accumulator.ms, out);
    }
  }

  @Override
  public LastTime read(DataInput in) throws IOException {
    return in.readBoolean() ? raise(zero(), Varints.readSigned(in)) : zero();
  }
}
