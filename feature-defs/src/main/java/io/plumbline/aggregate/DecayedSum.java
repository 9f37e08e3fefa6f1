package io.plumbline.aggregate;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;

/**
 * A sum of numbers that halve every half-life, which does not depend on the order of its terms.
 *
 * <p>A term {@code v} at time {@code q * halfLife + r} is {@code v * 2^(r / halfLife) * 2^q}: seen
 * from the epoch it never changes, only the time of reading does. Whole half-lives go into the
 * term's exponent, without limit. The terms are added as integers, in limbs of 28 bits of a
 * fixed-point number, without carrying from limb to limb: a limb is the sum of the chunks that fell
 * into it, in whatever order. Only the {@value #LIMBS} limbs from the highest chunk of any term
 * downward are kept. As that highest limb only ever rises, a limb that is kept in the end was kept
 * all along, and one that is dropped early would have been dropped at last: which limbs there are,
 * and what is in them, follows from the set of terms alone.
 *
 * <p>What is dropped of a term is less than {@code 2^(28 * (1 - LIMBS)) = 2^-112} of the largest
 * term. A limb has room for {@code 2^35} terms.
 */
final class DecayedSum {
  private static final int LIMBS = 5;
  private static final int LIMB_BITS = 28;
  private static final long MASK = (1L << LIMB_BITS) - 1;

  /** Beyond as many limbs every number is infinite or zero. */
  private static final long FARTHEST = 100;

  private boolean empty = true;

  /** {@code limbs[i]} weighs {@code 2^(28 * (top - i))}; null as long as all terms are 0. */
  private long[] limbs;

  /** The highest limb that a single term has reached. */
  private long top;

  boolean isEmpty() {
    return empty;
  }

  /**
   * Adds a finite number.
   *
   * @param time epoch ms
   */
  void add(double value, long time, long halfLifeMs) {
    empty = false;
    if (value == 0) {
      return;
    }
    boolean subnormal = Math.abs(value) < Double.MIN_NORMAL;
    double normal = subnormal ? value * 0x1p54 : value;
    int exponent = Math.getExponent(normal);
    // An integer from 2^52 to below 2^54.
    double significand = Math.scalb(normal, 52 - exponent) * growth(time, halfLifeMs);
    int position = exponent - 52 - (subnormal ? 54 : 0);
    addAt(Math.floorDiv(time, halfLifeMs), position, (long) significand);
  }

  /** What a term has gained at a time since the last whole half-life: in [1, 2]. */
  private static double growth(long time, long halfLifeMs) {
    return Exp2.of((double) Math.floorMod(time, halfLifeMs) / halfLifeMs);
  }

  /** Adds {@code significand * 2^(halfLives + position)}. */
  private void addAt(long halfLives, int position, long significand) {
    int offset = Math.floorMod(halfLives, LIMB_BITS) + position;
    long lowest = Math.floorDiv(halfLives, LIMB_BITS) + Math.floorDiv(offset, LIMB_BITS);
    int shift = Math.floorMod(offset, LIMB_BITS);
    long magnitude = Math.abs(significand);
    long sign = significand >> 63;
    long high = magnitude >>> 2 * LIMB_BITS - shift;
    raise(lowest + (high == 0 ? 1 : 2));
    addTo(lowest + 2, (high ^ sign) - sign);
    addTo(lowest + 1, ((magnitude >>> LIMB_BITS - shift & MASK) ^ sign) - sign);
    addTo(lowest, ((magnitude << shift & MASK) ^ sign) - sign);
  }

  private void addTo(long index, long chunk) {
    long i = top - index;
    if (0 <= i && i < LIMBS) {
      limbs[(int) i] += chunk;
    }
  }

  /** Makes {@code index} the top limb if it is higher, and drops what is then too low. */
  private void raise(long index) {
    if (limbs == null) {
      limbs = new long[LIMBS];
      top = index;
    } else if (index > top) {
      int by = (int) Math.min(index - top, LIMBS);
      System.arraycopy(limbs, 0, limbs, by, LIMBS - by);
      Arrays.fill(limbs, 0, by, 0);
      top = index;
    }
  }

  void add(DecayedSum other) {
    empty &= other.empty;
    if (other.limbs != null) {
      raise(other.top);
      for (int i = 0; i < LIMBS; i++) {
        addTo(other.top - i, other.limbs[i]);
      }
    }
  }

  /** The sum at {@code time}, epoch ms; may be infinite. */
  double valueAt(long time, long halfLifeMs) {
    if (limbs == null) {
      return 0;
    }
    double sum = 0;
    for (int i = LIMBS - 1; i >= 0; i--) {
      sum = sum * 0x1p-28 + limbs[i];
    }
    long halfLives = Math.floorDiv(time, halfLifeMs);
    long distance = top - Math.floorDiv(halfLives, LIMB_BITS);
    long limit = Math.max(-FARTHEST, Math.min(FARTHEST, distance));
    int exponent = (int) limit * LIMB_BITS - Math.floorMod(halfLives, LIMB_BITS);
    // Divided rather than multiplied by the inverse: a term is whole again at its own time.
    return Math.scalb(sum / growth(time, halfLifeMs), exponent);
  }

  DecayedSum copy() {
    DecayedSum copy = new DecayedSum();
    copy.empty = empty;
    copy.limbs = limbs == null ? null : limbs.clone();
    copy.top = top;
    return copy;
  }

  void write(DataOutput out) throws IOException {
    out.writeByte(empty ? 0 : limbs == null ? 1 : 2);
    if (limbs != null) {
      Varints.writeSigned(top, out);
      for (long limb : limbs) {
        Varints.writeSigned(limb, out);
      }
    }
  }

  static DecayedSum read(DataInput in) throws IOException {
    DecayedSum sum = new DecayedSum();
    int form = in.readByte();
    sum.empty = form == 0;
    if (form == 2) {
      sum.top = Varints.readSigned(in);
      sum.limbs = new long[LIMBS];
      for (int i = 0; i < LIMBS; i++) {
        sum.limbs[i] = Varints.readSigned(in);
      }
    }
    return sum;
  }
}
