package io.plumbline.aggregate;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.math.BigInteger;
import java.util.Arrays;

/**
 * An exact sum of numbers {@code m * 2^e}: a fixed-point number of only those 32-bit limbs that the
 * numbers reach. Limbs are signed longs that take many additions before carries must be settled,
 * after the small superaccumulator of Radford Neal, "Fast exact summation using small and large
 * superaccumulators" (arXiv:1505.05571).
 */
final class Limbs {
  private static final long MASK = 0xFFFF_FFFFL;
  private static final int MOST_PENDING = 1 << 29;
  private static final long[] NONE = {};

  /** {@code limbs[i]} weighs {@code 2^(32 * (base + i))}. */
  private long[] limbs = NONE;

  private int base;

  /** No limb's magnitude exceeds this many times {@code 2^32}. */
  private int pending;

  /** Adds a finite number. */
  void add(double x) {
    long bits = Double.doubleToRawLongBits(x);
    int field = (int) (bits >>> 52) & 0x7FF;
    long fraction = bits & (1L << 52) - 1;
    long significand = field == 0 ? fraction : fraction | 1L << 52;
    add(bits < 0 ? -significand : significand, Math.max(field, 1) - 1075);
  }

  /** Adds the exact square of a finite number. */
  void addSquare(double x) {
    long bits = Double.doubleToRawLongBits(x);
    int field = (int) (bits >>> 52) & 0x7FF;
    long fraction = bits & (1L << 52) - 1;
    long significand = field == 0 ? fraction : fraction | 1L << 52;
    int exponent = 2 * (Math.max(field, 1) - 1075);
    long high = significand >>> 27;
    long low = significand & (1L << 27) - 1;
    add(low * low, exponent);
    add(high * low, exponent + 28);
    add(high * high, exponent + 54);
  }

  /** Adds {@code m * 2^e} for any {@code m} but {@link Long#MIN_VALUE}. */
  void add(long m, int e) {
    if (m == 0) {
      return;
    }
    int index = e >> 5;
    int shift = e & 31;
    reserve(index, index + 3);
    int i = index - base;
    long sign = m >> 63;
    long magnitude = Math.abs(m);
    limbs[i] += ((magnitude << shift & MASK) ^ sign) - sign;
    limbs[i + 1] += ((magnitude >>> 32 - shift & MASK) ^ sign) - sign;
    limbs[i + 2] += ((magnitude >>> 1 >>> 63 - shift) ^ sign) - sign;
    if (++pending >= MOST_PENDING) {
      settle();
    }
  }

  void add(Limbs other) {
    combine(other, 1);
  }

  void subtract(Limbs other) {
    combine(other, -1);
  }

  private void combine(Limbs other, int sign) {
    if (other.limbs.length == 0) {
      return;
    }
    reserve(other.base, other.base + other.limbs.length);
    int offset = other.base - base;
    for (int i = 0; i < other.limbs.length; i++) {
      limbs[offset + i] += sign * other.limbs[i];
    }
    pending += other.pending;
    if (pending >= MOST_PENDING) {
      settle();
    }
  }

  /** Makes room for the limbs {@code [from, to)}. */
  private void reserve(int from, int to) {
    if (limbs.length == 0) {
      base = from;
      limbs = new long[to - from];
    } else if (from < base || to > base + limbs.length) {
      int low = Math.min(from, base);
      long[] wider = new long[Math.max(to, base + limbs.length) - low];
      System.arraycopy(limbs, 0, wider, base - low, limbs.length);
      limbs = wider;
      base = low;
    }
  }

  /** Carries what exceeds a limb into the next. */
  private void settle() {
    int top = limbs.length - 1;
    for (int i = 0; i < top; i++) {
      limbs[i + 1] += limbs[i] >> 32;
      limbs[i] &= MASK;
    }
    long carry = limbs[top] >> 32;
    if (carry != 0 && carry != -1) {
      limbs[top] &= MASK;
      reserve(base, base + top + 2);
      limbs[top + 1] = carry;
    }
    pending = 1;
  }

  Limbs copy() {
    Limbs copy = new Limbs();
    copy.limbs = limbs.clone();
    copy.base = base;
    copy.pending = pending;
    return copy;
  }

  /** The sum, rounded once. */
  double round() {
    Digits digits = digits();
    return Rounding.toDouble(digits.integer(), digits.exponent());
  }

  boolean isZero() {
    Digits digits = digits();
    return digits.digits.length == 0 && digits.sign == 0;
  }

  void write(DataOutput out) throws IOException {
    Digits digits = digits();
    Varints.writeSigned(digits.base, out);
    Varints.write((long) digits.digits.length << 1 | digits.sign & 1, out);
    for (int digit : digits.digits) {
      out.writeInt(digit);
    }
  }

  static Limbs read(DataInput in) throws IOException {
    Limbs read = new Limbs();
    int base = (int) Varints.readSigned(in);
    int size = Varints.readSize(in);
    int digits = size >>> 1;
    if (size == 0) {
      return read;
    }
    read.base = base;
    read.limbs = new long[digits + 1];
    for (int i = 0; i < digits; i++) {
      read.limbs[i] = in.readInt() & MASK;
    }
    read.limbs[digits] = -(size & 1);
    read.pending = 1;
    return read;
  }

  /** The one way of writing the sum that does not depend on how it came about. */
  Digits digits() {
    int n = limbs.length;
    int[] all = new int[n + 1];
    long carry = 0;
    for (int i = 0; i < n; i++) {
      carry += limbs[i];
      all[i] = (int) carry;
      carry >>= 32;
    }
    all[n] = (int) carry;
    int sign = carry < 0 ? -1 : 0;
    int to = n + 1;
    while (to > 0 && all[to - 1] == sign) {
      to--;
    }
    int from = 0;
    while (from < to && all[from] == 0) {
      from++;
    }
    // A negative power of 2^32 consists of nothing but its sign.
    int start = from == to && sign == 0 ? 0 : base + from;
    return new Digits(start, Arrays.copyOfRange(all, from, to), sign);
  }

  /**
   * A number as unsigned 32-bit digits without superfluous zeros: the sum of {@code digits[i] *
   * 2^(32 * (base + i))} and of {@code sign * 2^(32 * (base + digits.length))}.
   *
   * @param sign 0 or -1
   */
  record Digits(int base, int[] digits, int sign) {

    /** The number without its power of two. */
    BigInteger integer() {
      byte[] bytes = new byte[4 * digits.length + 1];
      bytes[0] = (byte) sign;
      int end = bytes.length;
      for (int digit : digits) {
        bytes[--end] = (byte) digit;
        bytes[--end] = (byte) (digit >> 8);
        bytes[--end] = (byte) (digit >> 16);
        bytes[--end] = (byte) (digit >> 24);
      }
      return new BigInteger(bytes);
    }

    /** The power of two that {@link #integer} leaves out. */
    int exponent() {
      return 32 * base;
    }
  }
}
