package io.plumbline.jobs.kafka;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How far knowledge of one partition goes: up to which moment everything it accepted has been read.
 * What it promises comes from its records, and from having been read to where it ended at a moment
 * that is known. One thread changes it; another may ask for {@link #position}.
 */
final class PartitionMark {
  /** Says nothing about any moment. */
  static final long NONE = Long.MIN_VALUE;

  /** Before anything is known of where reading starts. */
  static final long BEGINNING = -1;

  /** What the mark of a partition may rest on. */
  enum Evidence {
    /** Its records' times, or that it was read to its end. */
    RECORDS_AND_END,
    /** Only that it was read to its end: its records say nothing of when they were accepted. */
    END
  }

  private final Evidence evidence;
  private final long disorderMs;
  private final AtomicLong position;
  private long largest = NONE;
  private long complete = NONE;

  // Ends that are still to be reached, with the moments they were seen at. The older one stays
  // until it is reached: a reader that is always a little behind would reach none if newer ones
  // replaced it.
  private long end = Long.MAX_VALUE;
  private long seenAt = NONE;
  private long nextEnd = Long.MAX_VALUE;
  private long nextSeenAt = NONE;

  /**
   * @param disorderMs how far times may run backwards, and the clock behind the log's
   * @param position offset of the first record to read; {@link #BEGINNING} if not yet known
   */
  PartitionMark(Evidence evidence, long disorderMs, long position) {
    this.evidence = evidence;
    this.disorderMs = disorderMs;
    this.position = new AtomicLong(position);
  }

  /** Nothing that can be read is before this offset and was not read. */
  long position() {
    return position.get();
  }

  /** A record was read that does not say when it was accepted. */
  void read(long offset) {
    passedTo(offset + 1);
  }

  /** A record was read that was accepted at this moment. */
  void read(long offset, long ingestedAt) {
    if (ingestedAt > largest) {
      largest = ingestedAt;
    }
    passedTo(offset + 1);
  }

  /** There is nothing to be read before this offset, in addition to what was read. */
  void passedTo(long offset) {
    if (offset > position.getPlain()) {
      position.lazySet(offset);
      if (offset >= end) {
        reach(offset);
      }
    }
  }

  /**
   * The partition ended here.
   *
   * @param at epoch ms, a moment before it was asked
   */
  void ended(long offset, long at) {
    if (position.getPlain() >= offset) {
      complete = Math.max(complete, at);
      end = Long.MAX_VALUE;
      nextEnd = Long.MAX_VALUE;
    } else if (end == Long.MAX_VALUE) {
      end = offset;
      seenAt = at;
    } else {
      nextEnd = offset;
      nextSeenAt = at;
    }
  }

  /** Everything accepted before this moment was read, epoch ms; {@link #NONE} if unknown. */
  long mark() {
    long known = evidence == Evidence.END ? complete : Math.max(complete, largest);
    return known < NONE + 1 + disorderMs ? NONE : known - disorderMs;
  }

  private void reach(long offset) {
    complete = Math.max(complete, seenAt);
    end = nextEnd;
    seenAt = nextSeenAt;
    nextEnd = Long.MAX_VALUE;
    if (offset >= end) {
      complete = Math.max(complete, seenAt);
      end = Long.MAX_VALUE;
    }
  }
}
