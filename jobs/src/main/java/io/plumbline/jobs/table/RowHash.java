package io.plumbline.jobs.table;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;

/**
 * A hash of a table's rows that does not depend on their order: the sum, modulo 2^128, of the first
 * 128 bits of each row's SHA-256. A row twice counts twice.
 */
public final class RowHash {
  private final MessageDigest sha256;
  private ByteBuffer row = ByteBuffer.allocate(1 << 12);
  private long high;
  private long low;

  public RowHash() {
    try {
      sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has SHA-256", e);
    }
  }

  /**
   * @param observation payload
   * @param features values of the feature columns
   */
  public void add(byte[] observation, Object[] features) {
    row.clear();
    putBytes(observation);
    for (Object value : features) {
      put(value);
    }
    sha256.update(row.array(), 0, row.position());
    ByteBuffer digest = ByteBuffer.wrap(sha256.digest());
    addSum(digest.getLong(), digest.getLong());
  }

  /** Adds the rows of {@code other}, which is not changed. */
  public void merge(RowHash other) {
    addSum(other.high, other.low);
  }

  private void addSum(long otherHigh, long otherLow) {
    long sum = low + otherLow;
    high += otherHigh + (Long.compareUnsigned(sum, low) < 0 ? 1 : 0);
    low = sum;
  }

  // Each value is told by its kind and its bytes, so that no two rows put the same.
  private void put(Object value) {
    if (value == null) {
      room(1).put((byte) 'n');
    } else if (value instanceof Double number) {
      room(9).put((byte) 'd').putLong(Double.doubleToLongBits(number));
    } else if (value instanceof Long number) {
      room(9).put((byte) 'l').putLong(number);
    } else if (value instanceof Boolean bool) {
      room(1).put((byte) (bool ? 't' : 'f'));
    } else if (value instanceof List<?> list) {
      room(5).put((byte) '[').putInt(list.size());
      list.forEach(this::put);
    } else {
      room(1).put((byte) 's');
      putBytes(((String) value).getBytes(StandardCharsets.UTF_8));
    }
  }

  private void putBytes(byte[] bytes) {
    room(4 + bytes.length).putInt(bytes.length).put(bytes);
  }

  private ByteBuffer room(int more) {
    if (row.remaining() < more) {
      ByteBuffer larger = ByteBuffer.allocate(Math.max(row.capacity() * 2, row.position() + more));
      row = larger.put(row.flip());
    }
    return row;
  }

  public void write(DataOutput out) throws IOException {
    out.writeLong(high);
    out.writeLong(low);
  }

  public static RowHash read(DataInput in) throws IOException {
    RowHash hash = new RowHash();
    hash.high = in.readLong();
    hash.low = in.readLong();
    return hash;
  }

  /** 32 hexadecimal digits. */
  public String toHex() {
    byte[] bytes = ByteBuffer.allocate(17).put((byte) 0).putLong(high).putLong(low).array();
    return String.format("%032x", new BigInteger(bytes));
  }
}
