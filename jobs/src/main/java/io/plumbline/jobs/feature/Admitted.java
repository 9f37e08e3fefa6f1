package io.plumbline.jobs.feature;

import io.plumbline.aggregate.Moment;

/**
 * An admitted record, reduced to what features need.
 *
 * @param id text that copies of one event share; null if the source names no event id
 * @param sentTime event time as sent, epoch ms
 * @param moment its place in the total order of events
 * @param parts what it contributes to each entity of the pipeline, in the pipeline's order; null
 *     where that is nothing
 */
public record Admitted(String id, long sentTime, Moment moment, Part[] parts) {

  /**
   * @param key the entity that the event belongs to
   * @param values one for each input of the source at that entity
   */
  public record Part(String key, Object[] values) {}
}
