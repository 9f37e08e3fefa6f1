package io.plumbline.jobs.observations;

import java.util.Arrays;

/** Bytes of a payload in the making. Integers are LEB128 varints, signed ones zigzag first. */
final class PayloadWriter {
  private byte[] bytes = new byte[256];
  private int size;

  void reset() {
    size = 0;
  }

  int size() {
    return size;
  }

  /** Reads from the bytes so far, until the next is put. */
  PayloadReader readFrom(int offset) {
    PayloadReader reader = new PayloadReader(bytes);
    reader.skip(offset);
    return reader;
  }

  byte[] toBytes() {
    return Arrays.copyOf(bytes, size);
  }

  void putByte(int value) {
    room(1);
    bytes[size++] = (byte) value;
  }

  void putSize(int value) {
    room(5);
    int rest = value;
    while ((rest & ~0x7f) != 0) {
      bytes[size++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[size++] = (byte) rest;
  }

  void putLong(long value) {
    room(10);
    long rest = (value << 1) ^ (value >> 63);
    while ((rest & ~0x7fL) != 0) {
      bytes[size++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[size++] = (byte) rest;
  }

  void putFixed(long value, int length) {
    room(length);
    for (int i = 0; i < length; i++) {
      bytes[size++] = (byte) (value >>> (8 * i));
    }
  }

  void putBytes(byte[] source, int from, int length) {
    room(length);
    System.arraycopy(source, from, bytes, size, length);
    size += length;
  }

  private void room(int more) {
    if (bytes.length - size < more) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, Math.addExact(size, more)));
    }
  }
}
