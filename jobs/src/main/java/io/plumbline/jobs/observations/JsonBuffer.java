package io.plumbline.jobs.observations;

import com.fasterxml.jackson.core.io.NumberOutput;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * JSON in UTF-8, written into memory. The caller sees to commas and brackets within values; commas
 * between the fields of the line's object come by themselves.
 */
public final class JsonBuffer {
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  private byte[] bytes = new byte[1 << 16];
  private int size;
  private boolean first;

  public int size() {
    return size;
  }

  /** Forgets everything. */
  void clear() {
    size = 0;
  }

  /**
   * What is in the buffer lies in this array's first {@link #size} bytes, until the next change.
   */
  byte[] bytes() {
    return bytes;
  }

  /** Ends the object and takes it out. */
  public byte[] takeObject() {
    ascii('}');
    byte[] object = Arrays.copyOf(bytes, size);
    size = 0;
    return object;
  }

  /**
   * Begins with an object that is there already, to which fields are added.
   *
   * @param object JSON of an object that has a field at least
   */
  public void reopenLine(byte[] object) {
    int end = object.length;
    while (object[end - 1] != '}') {
      end--;
    }
    raw(object, 0, end - 1);
    first = false;
  }

  /** Hands everything to {@code out} and forgets it. */
  public void drainTo(OutputStream out) throws IOException {
    out.write(bytes, 0, size);
    size = 0;
  }

  public void beginLine() {
    first = true;
    ascii('{');
  }

  public void endLine() {
    ascii('}');
    ascii('\n');
  }

  /** Starts a field of the line's object. */
  public void field(byte[] quotedName) {
    if (!first) {
      ascii(',');
    }
    first = false;
    raw(quotedName, 0, quotedName.length);
    ascii(':');
  }

  /** What {@link #field} takes for a name. */
  public static byte[] quoted(String name) {
    JsonBuffer buffer = new JsonBuffer();
    buffer.string(name);
    return Arrays.copyOf(buffer.bytes, buffer.size);
  }

  /** A feature's value: a Boolean, Long, Double or String, a list of those, or null. */
  public void value(Object value) {
    if (value == null) {
      nil();
    } else if (value instanceof Double number) {
      number(number);
    } else if (value instanceof Long number) {
      number(number);
    } else if (value instanceof Boolean bool) {
      bool(bool);
    } else if (value instanceof List<?> list) {
      String separator = "[";
      for (Object element : list) {
        ascii(separator);
        value(element);
        separator = ",";
      }
      ascii(list.isEmpty() ? "[]" : "]");
    } else {
      string((String) value);
    }
  }

  public void nil() {
    ascii("null");
  }

  public void bool(boolean value) {
    ascii(value ? "true" : "false");
  }

  public void number(long value) {
    room(20);
    size = NumberOutput.outputLong(value, bytes, size);
  }

  /** A double that reads back as the same bits; JSON knows no NaN and no infinity: null. */
  public void number(double value) {
    if (Double.isFinite(value)) {
      ascii(NumberOutput.toString(value, true));
    } else {
      nil();
    }
  }

  /** JSON that is ready, in UTF-8. */
  public void raw(byte[] json, int from, int length) {
    room(length);
    System.arraycopy(json, from, bytes, size, length);
    size += length;
  }

  public void ascii(char c) {
    room(1);
    bytes[size++] = (byte) c;
  }

  /** JSON that is ready, in ASCII. */
  public void ascii(String json) {
    int length = json.length();
    room(length);
    for (int i = 0; i < length; i++) {
      bytes[size++] = (byte) json.charAt(i);
    }
  }

  /** A quoted string; half of a surrogate pair, which UTF-8 cannot hold, is escaped. */
  public void string(String text) {
    int length = text.length();
    room(Math.addExact(Math.multiplyExact(length, 6), 2));
    bytes[size++] = '"';
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      if (c < 0x80) {
        asciiInString(c);
      } else if (c < 0x800) {
        bytes[size++] = (byte) (0xc0 | c >> 6);
        bytes[size++] = (byte) (0x80 | c & 0x3f);
      } else if (!Character.isSurrogate(c)) {
        bytes[size++] = (byte) (0xe0 | c >> 12);
        bytes[size++] = (byte) (0x80 | c >> 6 & 0x3f);
        bytes[size++] = (byte) (0x80 | c & 0x3f);
      } else if (Character.isHighSurrogate(c)
          && i + 1 < length
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        supplementary(Character.toCodePoint(c, text.charAt(++i)));
      } else {
        escape(c);
      }
    }
    bytes[size++] = '"';
  }

  private void asciiInString(char c) {
    if (c == '"' || c == '\\') {
      bytes[size++] = '\\';
      bytes[size++] = (byte) c;
    } else if (c < 0x20) {
      escape(c);
    } else {
      bytes[size++] = (byte) c;
    }
  }

  private void supplementary(int codePoint) {
    bytes[size++] = (byte) (0xf0 | codePoint >> 18);
    bytes[size++] = (byte) (0x80 | codePoint >> 12 & 0x3f);
    bytes[size++] = (byte) (0x80 | codePoint >> 6 & 0x3f);
    bytes[size++] = (byte) (0x80 | codePoint & 0x3f);
  }

  private void escape(char c) {
    bytes[size++] = '\\';
    bytes[size++] = 'u';
    for (int shift = 12; shift >= 0; shift -= 4) {
      bytes[size++] = HEX[c >> shift & 0xf];
    }
  }

  private void room(int more) {
    if (bytes.length - size < more) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, Math.addExact(size, more)));
    }
  }
}
