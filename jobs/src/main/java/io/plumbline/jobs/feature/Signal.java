package io.plumbline.jobs.feature;

import io.plumbline.timeline.Event;

/**
 * What reaches a timeline.
 *
 * @param key of the entity
 * @param event null in a question
 * @param question null unless this is one
 */
public record Signal(Kind kind, String key, Event event, Question question) {

  /** What a signal is. */
  public enum Kind {
    /** An event. */
    EVENT,
    /** An event that was sent before and turned out to be a later copy of another. */
    TAKEN_BACK,
    /** A question. */
    QUESTION
  }

  /** An event. */
  public static Signal of(String key, Event event) {
    return new Signal(Kind.EVENT, key, event, null);
  }

  /** An event that does not count any more. */
  public static Signal takenBack(String key, Event event) {
    return new Signal(Kind.TAKEN_BACK, key, event, null);
  }

  /** A question. */
  public static Signal of(String key, Question question) {
    return new Signal(Kind.QUESTION, key, null, question);
  }

  /** What Flink keys by, see {@link EntityKey#hash}. */
  public long hash() {
    return EntityKey.hash(key);
  }
}
