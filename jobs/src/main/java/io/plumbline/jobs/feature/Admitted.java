package io.plumbline.jobs.feature;

import io.plumbline.aggregate.Moment;

/**
 * An admitted record, reduced to what features need.
 *
 * @param standing whether it counts
 * @param id text that copies of one event share; null if the source names no event id
 * @param sentTime event time as sent, epoch ms
 * @param moment its place in the total order of events
 * @param parts what it contributes to each entity of the pipeline, in the pipeline's order; null
 *     where that is nothing
 * @param payload the record as it lay in the log, for those who look into a duplicate; null where
 *     nobody will
 */
public record Admitted(
    Standing standing, String id, long sentTime, Moment moment, Part[] parts, byte[] payload) {

  /** Whether a record counts. */
  public enum Standing {
    /** It counts. */
    COUNTS,
    /** It was let pass before, and is taken back: an earlier copy of it has come. */
    TAKEN_BACK
  }

  /**
   * @param key the entity that the event belongs to
   * @param values one for each input of the source at that entity
   */
  public record Part(String key, Object[] values) {}

  /** The same record, with its payload. */
  public Admitted carrying(byte[] value) {
    return new Admitted(standing, id, sentTime, moment, parts, value);
  }

  /** The same record, taken back. */
  public Admitted takenBack() {
    return new Admitted(Standing.TAKEN_BACK, id, sentTime, moment, parts, null);
  }

  /**
   * The same record, taken back for an earlier copy, of which it has the parts that it lacks: when
   * it was let pass there may have been fewer features, and those of today have it from a lake.
   * Where it was in no timeline, nothing happens to it.
   */
  public Admitted takenBackFor(Admitted earlier) {
    Part[] all = parts.clone();
    for (int e = 0; e < all.length; e++) {
      all[e] = all[e] == null ? earlier.parts[e] : all[e];
    }
    return new Admitted(Standing.TAKEN_BACK, id, sentTime, moment, all, null);
  }
}
