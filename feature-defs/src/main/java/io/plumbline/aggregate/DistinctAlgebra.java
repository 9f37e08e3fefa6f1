package io.plumbline.aggregate;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;

/**
 * About how many distinct values there are. Up to {@value #MOST_EXACT} distinct hashes are kept as
 * they are, and counted exactly; more of them fill registers. Which form there is depends on the
 * number of distinct hashes alone, never on the way they came together.
 */
final class DistinctAlgebra implements Algebra<DistinctAlgebra.Distinct> {
  private static final int MOST_EXACT = 256;
  private static final int FIRST_CAPACITY = 2;

  static final class Distinct {
    /** Ascending; null once there are registers. */
    private long[] hashes = {};

    private int size;

    /** Null as long as there are hashes. */
    private byte[] registers;

    long estimate() {
      return registers == null ? size : HyperLogLog.estimate(registers);
    }

    private void add(long hash) {
      if (registers != null) {
        HyperLogLog.add(registers, hash);
        return;
      }
      int i = Arrays.binarySearch(hashes, 0, size, hash);
      if (i >= 0) {
        return;
      }
      if (size == MOST_EXACT) {
        fillRegisters();
        HyperLogLog.add(registers, hash);
      } else {
        insert(~i, hash);
      }
    }

    private void insert(int i, long hash) {
      if (size == hashes.length) {
        hashes = Arrays.copyOf(hashes, Math.max(FIRST_CAPACITY, 2 * size));
      }
      System.arraycopy(hashes, i, hashes, i + 1, size - i);
      hashes[i] = hash;
      size++;
    }

    private void fillRegisters() {
      registers = new byte[HyperLogLog.REGISTERS];
      for (int i = 0; i < size; i++) {
        HyperLogLog.add(registers, hashes[i]);
      }
      hashes = null;
      size = 0;
    }
  }

  private final Values values;

  DistinctAlgebra(Values values) {
    this.values = values;
  }

  @Override
  public Distinct zero() {
    return new Distinct();
  }

  @Override
  public Distinct add(Distinct accumulator, Object value, Moment at) {
    accumulator.add(values.hash(value));
    return accumulator;
  }

  @Override
  public Distinct merge(Distinct accumulator, Distinct other) {
    if (other.registers != null) {
      if (accumulator.registers == null) {
        accumulator.fillRegisters();
      }
      HyperLogLog.merge(accumulator.registers, other.registers);
    } else {
      for (int i = 0; i < other.size; i++) {
        accumulator.add(other.hashes[i]);
      }
    }
    return accumulator;
  }

  @Override
  public Distinct copy(Distinct accumulator) {
    Distinct copy = zero();
    copy.size = accumulator.size;
    if (accumulator.registers == null) {
      copy.hashes = accumulator.hashes.clone();
    } else {
      copy.hashes = null;
      copy.registers = accumulator.registers.clone();
    }
    return copy;
  }

  @Override
  public boolean isEmpty(Distinct accumulator) {
    return accumulator.size == 0 && accumulator.registers == null;
  }

  @Override
  public void write(Distinct accumulator, DataOutput out) throws IOException {
    if (accumulator.registers == null) {
      out.writeBoolean(false);
      Varints.write(accumulator.size, out);
      for (int i = 0; i < accumulator.size; i++) {
        out.writeLong(accumulator.hashes[i]);
      }
    } else {
      out.writeBoolean(true);
      out.write(accumulator.registers);
    }
  }

  @Override
  public Distinct read(DataInput in) throws IOException {
    Distinct distinct = zero();
    if (in.readBoolean()) {
      distinct.hashes = null;
      distinct.registers = new byte[HyperLogLog.REGISTERS];
      in.readFully(distinct.registers);
    } else {
      distinct.size = Varints.readSize(in);
      distinct.hashes = new long[distinct.size];
      for (int i = 0; i < distinct.size; i++) {
        distinct.hashes[i] = in.readLong();
      }
    }
    return distinct;
  }
}
