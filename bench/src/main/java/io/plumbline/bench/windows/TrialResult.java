package io.plumbline.bench.windows;

import java.io.Serializable;

/**
 * What a trial gave.
 *
 * @param events that were read and worked off
 * @param days of the log that they are
 * @param seconds from the first event until all were worked off
 * @param perSecond events a second, once warm
 * @param full whether windows were full while that was measured
 * @param rows that came out
 * @param stateBytes of a checkpoint after the last event
 * @param kept by timelines
 */
record TrialResult(
    long events,
    double days,
    double seconds,
    double perSecond,
    boolean full,
    long rows,
    long stateBytes,
    Kept kept)
    implements Serializable {

  /**
   * What timelines had to do with state; zeros where there are none.
   *
   * @param tiles that they held after the last event
   * @param reads of keys from the state backend
   * @param writes of keys to it
   */
  record Kept(long tiles, long reads, long writes) implements Serializable {}

  static TrialResult of(Trial trial, Progress progress, long stateBytes, Kept kept) {
    Progress.Rate rate = progress.rate(PurchaseStream.START_MS + trial.full().toMillis());
    return new TrialResult(
        progress.events(),
        (double) progress.events() / trial.stream().eventsPerDay(),
        progress.seconds(),
        rate.perSecond(),
        rate.full(),
        progress.rows(),
        stateBytes,
        kept);
  }
}
