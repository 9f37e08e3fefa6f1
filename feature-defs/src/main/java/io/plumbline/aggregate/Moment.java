package io.plumbline.aggregate;

/**
 * The place of an event in the total order of events: by event time, then ingestion time, then
 * partition, then offset.
 *
 * @param eventTime epoch ms, not after {@code ingestedAt}
 * @param ingestedAt epoch ms
 * @param partition of the log; -1 for imported records without one
 * @param offset within the partition
 */
public record Moment(long eventTime, long ingestedAt, int partition, long offset)
    implements Comparable<Moment> {

  @Override
  public int compareTo(Moment other) {
    int c = Long.compare(eventTime, other.eventTime);
    if (c == 0) {
      c = Long.compare(ingestedAt, other.ingestedAt);
    }
    if (c == 0) {
      c = Integer.compare(partition, other.partition);
    }
    return c == 0 ? Long.compare(offset, other.offset) : c;
  }
}
