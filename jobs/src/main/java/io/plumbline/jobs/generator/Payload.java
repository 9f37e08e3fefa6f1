package io.plumbline.jobs.generator;

import java.time.Instant;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * One event as a line of JSON while it is written: {@code out.start(...).required("id").text("x")}.
 * Each {@link #required} and {@link #optional} is followed by exactly one value. Optional fields
 * are now and then null or left out. Names and texts are ASCII without quotes and backslashes.
 *
 * <p>Knows where its required fields lie, so that a damaged variant can be had of any event.
 */
public final class Payload {
  private static final int MAX_REQUIRED = 32;
  private static final byte[] OTHER_TYPE = {'{', '"', 'x', '"', ':', '[', ']', '}'};
  private static final long[] POWERS_OF_TEN = {1, 10, 100, 1_000, 10_000, 100_000, 1_000_000};

  private final SplittableRandom random;
  private final double nulls;
  private final int[] fieldFrom = new int[MAX_REQUIRED];
  private final int[] valueFrom = new int[MAX_REQUIRED];
  private final int[] valueTo = new int[MAX_REQUIRED];
  private byte[] buffer = new byte[512];
  private int length;
  private int requiredFields;
  private boolean inRequired;
  private boolean skipping;
  private int sourceIndex;
  private long key;

  /**
   * @param random decides which optional fields are null
   * @param nulls share of them
   */
  Payload(SplittableRandom random, double nulls) {
    this.random = random;
    this.nulls = nulls;
  }

  /**
   * Begins the event.
   *
   * @param source index of its source in {@link EventModel#sources()}
   * @param partitionKey number of the thing by which the log is partitioned
   */
  public Payload start(int source, long partitionKey) {
    sourceIndex = source;
    key = partitionKey;
    length = 0;
    requiredFields = 0;
    append('{');
    return this;
  }

  /** Begins a field that every event has. */
  public Payload required(String name) {
    inRequired = true;
    skipping = false;
    fieldFrom[requiredFields] = length;
    name(name);
    valueFrom[requiredFields] = length;
    return this;
  }

  /** Begins a field that may be null, and at times will be. */
  public Payload optional(String name) {
    inRequired = false;
    skipping = nulls > 0 && random.nextDouble() < nulls;
    boolean leftOut = skipping && random.nextBoolean();
    if (!leftOut) {
      name(name);
    }
    if (skipping && !leftOut) {
      ascii("null");
    }
    return this;
  }

  /** Null, for a field begun as {@link #optional}. */
  public Payload none() {
    if (!skipping) {
      ascii("null");
    }
    return this;
  }

  public Payload text(String value) {
    if (!skipping) {
      append('"');
      ascii(value);
      append('"');
    }
    return done();
  }

  /** A text made of a prefix and a number, e.g. {@code u17}. */
  public Payload text(String prefix, long number) {
    if (!skipping) {
      append('"');
      ascii(prefix);
      digits(number);
      append('"');
    }
    return done();
  }

  /** A text made of a prefix and sixteen hexadecimal digits. */
  public Payload hex(String prefix, long bits) {
    if (!skipping) {
      append('"');
      ascii(prefix);
      for (int shift = 60; shift >= 0; shift -= 4) {
        append(Character.forDigit((int) (bits >>> shift) & 15, 16));
      }
      append('"');
    }
    return done();
  }

  public Payload integer(long value) {
    if (!skipping) {
      digits(value);
    }
    return done();
  }

  /** {@code unscaled / 10^decimals}, with {@code decimals} from 1 to 6. */
  public Payload decimal(long unscaled, int decimals) {
    if (!skipping) {
      fraction(unscaled, decimals);
    }
    return done();
  }

  /** A list of {@code unscaled / 10^decimals}. */
  public Payload decimals(int[] unscaled, int decimals) {
    if (!skipping) {
      append('[');
      for (int i = 0; i < unscaled.length; i++) {
        if (i > 0) {
          append(',');
        }
        fraction(unscaled[i], decimals);
      }
      append(']');
    }
    return done();
  }

  public Payload bool(boolean value) {
    if (!skipping) {
      ascii(value ? "true" : "false");
    }
    return done();
  }

  /** A time as ISO-8601 in UTC; {@code integer} writes it as epoch milliseconds. */
  public Payload isoTime(long epochMs) {
    return text(Instant.ofEpochMilli(epochMs).toString());
  }

  int sourceIndex() {
    return sourceIndex;
  }

  long key() {
    return key;
  }

  /** The whole event. */
  byte[] intact() {
    byte[] line = Arrays.copyOf(buffer, length + 1);
    line[length] = '}';
    return line;
  }

  /** The event as {@code kind} of damage leaves it; intact where it is none. */
  byte[] damaged(RecordKind kind, SplittableRandom chance) {
    return switch (kind) {
      case BROKEN_JSON -> Arrays.copyOf(buffer, 1 + chance.nextInt(length));
      case FIELD_MISSING -> without(chance.nextInt(requiredFields));
      case WRONG_TYPE -> replaced(chance.nextInt(requiredFields));
      case NORMAL, BARELY_IN_TIME, AHEAD, LATE, FUTURE, DUPLICATE, LATE_DUPLICATE -> intact();
    };
  }

  private byte[] without(int field) {
    byte[] line = intact();
    int from = fieldFrom[field];
    int to = valueTo[field];
    if (line[from] != ',' && line[to] == ',') {
      to++;
    }
    return splice(line, from, to, new byte[0]);
  }

  private byte[] replaced(int field) {
    return splice(intact(), valueFrom[field], valueTo[field], OTHER_TYPE);
  }

  private static byte[] splice(byte[] line, int from, int to, byte[] middle) {
    byte[] result = new byte[line.length - (to - from) + middle.length];
    System.arraycopy(line, 0, result, 0, from);
    System.arraycopy(middle, 0, result, from, middle.length);
    System.arraycopy(line, to, result, from + middle.length, line.length - to);
    return result;
  }

  private Payload done() {
    if (inRequired) {
      valueTo[requiredFields++] = length;
    }
    return this;
  }

  private void name(String name) {
    if (length > 1) {
      append(',');
    }
    append('"');
    ascii(name);
    append('"');
    append(':');
  }

  private void fraction(long unscaled, int decimals) {
    long power = POWERS_OF_TEN[decimals];
    long magnitude = Math.abs(unscaled);
    if (unscaled < 0) {
      append('-');
    }
    digits(magnitude / power);
    append('.');
    long rest = magnitude % power;
    for (int i = decimals - 1; i >= 0; i--) {
      append((char) ('0' + rest / POWERS_OF_TEN[i] % 10));
    }
  }

  private void digits(long value) {
    ascii(Long.toString(value));
  }

  @SuppressWarnings("deprecation") // the one copy of ASCII without a detour over an encoder
  private void ascii(String text) {
    int n = text.length();
    reserve(n);
    text.getBytes(0, n, buffer, length);
    length += n;
  }

  private void append(char c) {
    reserve(1);
    buffer[length++] = (byte) c;
  }

  private void reserve(int more) {
    if (length + more > buffer.length) {
      buffer = Arrays.copyOf(buffer, Math.max(2 * buffer.length, length + more));
    }
  }
}
