package io.plumbline.aggregate;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * The exact sum of finite doubles, rounded only when it is read: also where sums on the way exceed
 * the largest double.
 *
 * <p>Most sums fit the unevaluated sum of two doubles, which two chained TwoSum (Knuth, The Art of
 * Computer Programming, volume 2, 4.2.2) keep exact until they say themselves that a bit was lost;
 * then limbs take over.
 */
class ExactSum {
  private static final int ZERO = 0;
  private static final int ONE = 1;
  private static final int PAIR = 2;
  private static final int LIMBS = 3;

  /** The sum, rounded; what it lacks is {@link #low}. Without meaning once there are limbs. */
  private double high;

  private double low;

  /** The sum, where the pair cannot hold it; else null. */
  private Limbs limbs;

  final void add(double x) {
    if (limbs != null || !addToPair(x)) {
      spill().add(x);
    }
  }

  /** Adds an integer that may have more bits than a double. */
  final void add(long x) {
    long lowBits = x & 0xFFFF_FFFFL;
    add((double) (x - lowBits));
    add((double) lowBits);
  }

  /** Adds if the pair can hold the sum, or changes nothing. */
  private boolean addToPair(double x) {
    double sum = high + x;
    double t = sum - high;
    double error = (high - (sum - t)) + (x - t);
    double rest = low + error;
    t = rest - low;
    double lost = (low - (rest - t)) + (error - t);
    double newHigh = sum + rest;
    t = newHigh - sum;
    double newLow = (sum - (newHigh - t)) + (rest - t);
    // An overflow on the way makes one of the two NaN.
    if (lost == 0 && Double.isFinite(newLow)) {
      high = newHigh;
      low = newLow;
      return true;
    }
    return false;
  }

  private Limbs spill() {
    if (limbs == null) {
      limbs = exact();
    }
    return limbs;
  }

  final void add(ExactSum other) {
    if (other.limbs == null) {
      add(other.high);
      add(other.low);
    } else {
      spill().add(other.limbs);
    }
  }

  final void subtract(ExactSum other) {
    if (other.limbs == null) {
      add(-other.high);
      add(-other.low);
    } else {
      spill().subtract(other.limbs);
    }
  }

  final void clear() {
    high = 0;
    low = 0;
    limbs = null;
  }

  /** The sum, rounded once; infinite beyond the largest double. */
  final double round() {
    return limbs == null ? high : limbs.round();
  }

  /** The sum as limbs that belong to the caller. */
  final Limbs exact() {
    if (limbs != null) {
      return limbs.copy();
    }
    Limbs exact = new Limbs();
    exact.add(high);
    exact.add(low);
    return exact;
  }

  /** Takes over the sum of {@code other}, as a copy. */
  final void set(ExactSum other) {
    high = other.high;
    low = other.low;
    limbs = other.limbs == null ? null : other.limbs.copy();
  }

  final void write(DataOutput out) throws IOException {
    if (limbs == null) {
      writePair(high, low, out);
      return;
    }
    // A sum that came back to where a pair holds it is written as if it had never left.
    double rounded = limbs.round();
    if (Double.isFinite(rounded)) {
      Limbs rest = limbs.copy();
      rest.add(-rounded);
      double remainder = rest.round();
      rest.add(-remainder);
      if (rest.isZero()) {
        writePair(rounded, remainder, out);
        return;
      }
    }
    out.writeByte(LIMBS);
    limbs.write(out);
  }

  private static void writePair(double high, double low, DataOutput out) throws IOException {
    if (high == 0) {
      out.writeByte(ZERO);
    } else if (low == 0) {
      out.writeByte(ONE);
      out.writeDouble(high);
    } else {
      out.writeByte(PAIR);
      out.writeDouble(high);
      out.writeDouble(low);
    }
  }

  /** Replaces the sum by the one that {@link #write} wrote. */
  final void read(DataInput in) throws IOException {
    clear();
    int form = in.readByte();
    switch (form) {
      case ZERO -> {}
      case ONE -> high = in.readDouble();
      case PAIR -> {
        high = in.readDouble();
        low = in.readDouble();
      }
      case LIMBS -> limbs = Limbs.read(in);
      default -> throw new IOException("a sum of the unknown form " + form);
    }
  }
}
