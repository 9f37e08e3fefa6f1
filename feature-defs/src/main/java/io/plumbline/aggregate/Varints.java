package io.plumbline.aggregate;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** Integers in as few bytes as they need, seven bits to a byte, lowest first. */
public final class Varints {
  private Varints() {}

  /** Writes a number of which small unsigned values are frequent. */
  public static void write(long value, DataOutput out) throws IOException {
    if ((value & ~0x7FL) == 0) {
      out.writeByte((int) value);
      return;
    }
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      out.writeByte((int) (rest & 0x7F | 0x80));
      rest >>>= 7;
    }
    out.writeByte((int) rest);
  }

  public static long read(DataInput in) throws IOException {
    long value = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      byte next = in.readByte();
      value |= (next & 0x7FL) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new IOException("a number of more than ten bytes: this is not an accumulator");
  }

  /** Writes a number of which values near zero, of either sign, are frequent. */
  public static void writeSigned(long value, DataOutput out) throws IOException {
    write(value << 1 ^ value >> 63, out);
  }

  public static long readSigned(DataInput in) throws IOException {
    long folded = read(in);
    return folded >>> 1 ^ -(folded & 1);
  }

  /** Reads how many things follow. */
  static int readSize(DataInput in) throws IOException {
    long size = read(in);
    if (size < 0 || size > Integer.MAX_VALUE) {
      throw new IOException("a size of " + size + ": this is not an accumulator");
    }
    return (int) size;
  }
}
