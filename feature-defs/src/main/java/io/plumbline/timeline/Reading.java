package io.plumbline.timeline;

import io.plumbline.aggregate.Finisher;

/**
 * A look at what is kept.
 *
 * @param time asked about, epoch ms
 * @param settled up to when all that is known has come, epoch ms
 * @param form in which values are wanted
 */
record Reading(long time, long settled, Form form) {

  @FunctionalInterface
  interface Form {
    Object of(Finisher<Object> finisher, Object accumulator, long time);
  }

  static Reading valuesAt(long time) {
    return new Reading(time, time, Finisher::finish);
  }

  static Reading stored(long asOf, long settled) {
    return new Reading(asOf, settled, Finisher::store);
  }

  Object finish(Finisher<Object> finisher, Object accumulator) {
    return form.of(finisher, accumulator, time);
  }
}
