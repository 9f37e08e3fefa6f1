package io.plumbline.jobs.observations;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * Lines of bytes, without their ends ({@code \n} or {@code \r\n}) and without a byte order mark.
 */
final class Lines implements Closeable {
  private final InputStream in;
  private byte[] bytes = new byte[1 << 16];
  private int from;
  private int to;
  private int filled;
  private long number;

  Lines(InputStream in) {
    this.in = in;
  }

  /** Goes on to the next line; false at the end. */
  boolean next() throws IOException {
    from = number == 0 ? 0 : to + 1;
    int searched = from;
    while (true) {
      for (to = searched; to < filled; to++) {
        if (bytes[to] == '\n') {
          number++;
          return true;
        }
      }
      int kept = Math.max(0, filled - from);
      if (!fill()) {
        to = filled;
        number++;
        return kept > 0;
      }
      searched = from + kept;
    }
  }

  /** Reads more behind the current line, which moves to the front; false at the end. */
  private boolean fill() throws IOException {
    int kept = Math.max(0, filled - from);
    if (kept == bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.multiplyExact(kept, 2));
    } else if (from > 0) {
      System.arraycopy(bytes, Math.min(from, filled), bytes, 0, kept);
    }
    from = 0;
    filled = kept;
    int read = in.read(bytes, filled, bytes.length - filled);
    if (number == 0 && kept == 0 && read > 0) {
      filled += read;
      skipByteOrderMark();
      return true;
    }
    filled += Math.max(0, read);
    return read > 0;
  }

  private void skipByteOrderMark() {
    if (filled >= 3
        && bytes[0] == (byte) 0xef
        && bytes[1] == (byte) 0xbb
        && bytes[2] == (byte) 0xbf) {
      filled -= 3;
      System.arraycopy(bytes, 3, bytes, 0, filled);
    }
  }

  byte[] bytes() {
    return bytes;
  }

  int from() {
    return from;
  }

  int length() {
    return (to > from && bytes[to - 1] == '\r' ? to - 1 : to) - from;
  }

  /** Of the current line, from 1. */
  long number() {
    return number;
  }

  boolean isBlank() {
    for (int i = from; i < from + length(); i++) {
      if (bytes[i] != ' ' && bytes[i] != '\t') {
        return false;
      }
    }
    return true;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
