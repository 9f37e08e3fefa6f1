package io.plumbline.jobs.observations;

/** Reads what a {@link PayloadWriter} wrote. */
final class PayloadReader {
  final byte[] bytes;
  private int at;

  PayloadReader(byte[] bytes) {
    this.bytes = bytes;
  }

  int getByte() {
    return bytes[at++];
  }

  int getSize() {
    int value = 0;
    for (int shift = 0; ; shift += 7) {
      byte b = bytes[at++];
      value |= (b & 0x7f) << shift;
      if (b >= 0) {
        return value;
      }
    }
  }

  long getLong() {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      byte b = bytes[at++];
      value |= (b & 0x7fL) << shift;
      if (b >= 0) {
        return (value >>> 1) ^ -(value & 1);
      }
    }
  }

  long getFixed(int length) {
    long value = 0;
    for (int i = 0; i < length; i++) {
      value |= (bytes[at++] & 0xffL) << (8 * i);
    }
    return value;
  }

  /** Steps over so many bytes of {@link #bytes} and says where they begin. */
  int skip(int length) {
    int from = at;
    at += length;
    return from;
  }
}
