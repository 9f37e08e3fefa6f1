package io.plumbline.aggregate;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;

/**
 * An integer of 192 bits, in two's complement: enough for the sum of as many squares of longs as
 * there can be.
 */
class Int192 {
  private long high;
  private long middle;
  private long low;

  final void add(long x) {
    long sign = x >> 63;
    add(sign, sign, x);
  }

  final void addSquare(long x) {
    add(0, Math.multiplyHigh(x, x), x * x);
  }

  final void add(Int192 other) {
    add(other.high, other.middle, other.low);
  }

  final void subtract(Int192 other) {
    // -x = ~x + 1
    add(~other.high, ~other.middle, ~other.low);
    add(0, 0, 1);
  }

  private void add(long h, long m, long l) {
    low += l;
    long carry = Long.compareUnsigned(low, l) < 0 ? 1 : 0;
    long sum = middle + m;
    long carryOver = Long.compareUnsigned(sum, m) < 0 ? 1 : 0;
    middle = sum + carry;
    if (carry == 1 && middle == 0) {
      carryOver = 1;
    }
    high += h + carryOver;
  }

  final void set(Int192 other) {
    high = other.high;
    middle = other.middle;
    low = other.low;
  }

  /** Whether the number is a long, and {@link #longValue} is it. */
  final boolean isLong() {
    return middle == low >> 63 && high == middle;
  }

  final long longValue() {
    return low;
  }

  final BigInteger toBigInteger() {
    return new BigInteger(
        ByteBuffer.allocate(24).putLong(high).putLong(middle).putLong(low).array());
  }

  final void write(DataOutput out) throws IOException {
    Varints.writeSigned(low, out);
    Varints.writeSigned(middle ^ low >> 63, out);
    Varints.writeSigned(high ^ middle >> 63, out);
  }

  /** Replaces the number by the one that {@link #write} wrote. */
  final void read(DataInput in) throws IOException {
    low = Varints.readSigned(in);
    middle = Varints.readSigned(in) ^ low >> 63;
    high = Varints.readSigned(in) ^ middle >> 63;
  }
}
