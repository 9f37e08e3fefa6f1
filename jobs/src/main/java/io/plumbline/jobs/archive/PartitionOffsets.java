package io.plumbline.jobs.archive;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;

/** An offset for each of some partitions. Partitions are small numbers, so an array will do. */
final class PartitionOffsets {
  private static final long NONE = -1;

  private long[] offsets = {};

  /** The partition's offset; -1 if it has none. */
  long get(int partition) {
    return partition < offsets.length ? offsets[partition] : NONE;
  }

  void set(int partition, long offset) {
    if (partition >= offsets.length) {
      int length = offsets.length;
      offsets = Arrays.copyOf(offsets, Math.max(partition + 1, 2 * length));
      Arrays.fill(offsets, length, offsets.length, NONE);
    }
    offsets[partition] = offset;
  }

  /** Keeps the larger offset of each partition. */
  void raise(PartitionOffsets others) {
    for (int p = 0; p < others.offsets.length; p++) {
      if (others.offsets[p] > get(p)) {
        set(p, others.offsets[p]);
      }
    }
  }

  /** Keeps the smaller offset of the partitions that have one here. */
  void lower(PartitionOffsets others) {
    for (int p = 0; p < others.offsets.length; p++) {
      if (others.offsets[p] != NONE && others.offsets[p] < get(p)) {
        set(p, others.offsets[p]);
      }
    }
  }

  void write(DataOutput out) throws IOException {
    out.writeInt((int) Arrays.stream(offsets).filter(o -> o != NONE).count());
    for (int p = 0; p < offsets.length; p++) {
      if (offsets[p] != NONE) {
        out.writeInt(p);
        out.writeLong(offsets[p]);
      }
    }
  }

  static PartitionOffsets read(DataInput in) throws IOException {
    PartitionOffsets read = new PartitionOffsets();
    for (int left = in.readInt(); left > 0; left--) {
      read.set(in.readInt(), in.readLong());
    }
    return read;
  }
}
