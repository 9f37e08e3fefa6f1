package io.plumbline.jobs.importing;

import java.util.Comparator;

/**
 * Where a record is in the log.
 *
 * @param ingestedAt epoch milliseconds
 * @param partition -1 for records that were imported without one
 * @param offset in the partition
 */
record Position(long ingestedAt, int partition, long offset) {
  static final Comparator<Position> ORDER =
      Comparator.comparingLong(Position::ingestedAt)
          .thenComparingInt(Position::partition)
          .thenComparingLong(Position::offset);
}
