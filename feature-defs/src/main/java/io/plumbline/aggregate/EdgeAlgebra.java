package io.plumbline.aggregate;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** The value of the first or of the last event. */
final class EdgeAlgebra implements Algebra<EdgeAlgebra.Edge> {

  /** Which end of time is kept. */
  enum End {
    FIRST,
    LAST
  }

  static final class Edge {
    /** Null as long as there is no event. */
    private Moment at;

    private Object value;

    Object value() {
      return value;
    }
  }

  private final End end;
  private final Values values;

  EdgeAlgebra(End end, Values values) {
    this.end = end;
    this.values = values;
  }

  @Override
  public Edge zero() {
    return new Edge();
  }

  @Override
  public Edge add(Edge accumulator, Object value, Moment at) {
    if (accumulator.at == null || isBeyond(at, accumulator.at)) {
      accumulator.at = at;
      accumulator.value = value;
    }
    return accumulator;
  }

  private boolean isBeyond(Moment at, Moment best) {
    int order = at.compareTo(best);
    return switch (end) {
      case FIRST -> order < 0;
      case LAST -> order > 0;
    };
  }

  @Override
  public Edge merge(Edge accumulator, Edge other) {
    return other.at == null ? accumulator : add(accumulator, other.value, other.at);
  }

  @Override
  public Edge copy(Edge accumulator) {
    return merge(zero(), accumulator);
  }

  @Override
  public boolean isEmpty(Edge accumulator) {
    return accumulator.at == null;
  }

  @Override
  public void write(Edge accumulator, DataOutput out) throws IOException {
    out.writeBoolean(accumulator.at != null);
    if (accumulator.at != null) {
      MomentCodec.write(accumulator.at, out);
      values.write(accumulator.value, out);
    }
  }

  @Override
  public Edge read(DataInput in) throws IOException {
    Edge edge = zero();
    if (in.readBoolean()) {
      edge.at = MomentCodec.read(in);
      edge.value = values.read(in);
    }
    return edge;
  }
}
