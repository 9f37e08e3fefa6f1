package io.plumbline.jobs.feature;

import io.plumbline.timeline.Event;

/**
 * What reaches a timeline: an event or a question.
 *
 * @param key of the entity
 * @param event null in a question
 * @param question null in an event
 */
public record Signal(String key, Event event, Question question) {

  /** What Flink keys by, see {@link EntityKey#hash}. */
  public long hash() {
    return EntityKey.hash(key);
  }
}
