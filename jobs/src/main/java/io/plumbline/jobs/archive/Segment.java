package io.plumbline.jobs.archive;

import io.plumbline.jobs.lake.LakeLayout;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * A complete file of log records of one hour, which readers of the lake do not see.
 *
 * @param name of the file in the hidden folder
 * @param hour of ingestion since the epoch; {@link #UNKNOWN_HOUR} without usable ingestion time
 * @param rows how many records
 * @param bytes of the file
 * @param minIngestedAt the least of its records' ingestion times, epoch ms; {@link Long#MAX_VALUE}
 *     if none is known
 * @param sinceMs when its first record was written, epoch ms of this machine's clock
 * @param arrival whether its hour was over by then
 * @param firstOffsets of the partitions that it has records of
 */
record Segment(
    String name,
    long hour,
    long rows,
    long bytes,
    long minIngestedAt,
    long sinceMs,
    Arrival arrival,
    PartitionOffsets firstOffsets) {
  static final long UNKNOWN_HOUR = Long.MAX_VALUE;
  static final long UNKNOWN_TIME = Long.MIN_VALUE;
  static final String SUFFIX = ".log";

  /** When records came. */
  enum Arrival {
    /** While knowledge time was before their hour's end. */
    IN_TIME,
    /** Behind knowledge time. */
    UNSETTLED
  }

  static long hourOf(long ingestedAt) {
    return ingestedAt == UNKNOWN_TIME ? UNKNOWN_HOUR : LakeLayout.hourOf(ingestedAt);
  }

  /** Folder of an hour below the source's. */
  static String folder(long hour) {
    return hour == UNKNOWN_HOUR ? LakeLayout.UNKNOWN_DATE : LakeLayout.folder(hour);
  }

  void write(DataOutput out) throws IOException {
    out.writeUTF(name);
    out.writeLong(hour);
    out.writeLong(rows);
    out.writeLong(bytes);
    out.writeLong(minIngestedAt);
    out.writeLong(sinceMs);
    out.writeBoolean(arrival == Arrival.UNSETTLED);
    firstOffsets.write(out);
  }

  static Segment read(DataInput in) throws IOException {
    return new Segment(
        in.readUTF(),
        in.readLong(),
        in.readLong(),
        in.readLong(),
        in.readLong(),
        in.readLong(),
        in.readBoolean() ? Arrival.UNSETTLED : Arrival.IN_TIME,
        PartitionOffsets.read(in));
  }
}
