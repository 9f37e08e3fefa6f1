package io.plumbline.jobs.feature;

import io.plumbline.timeline.Event;

/**
 * What reaches a timeline.
 *
 * @param key of the entity; of a rewrite, the text of the request's number
 * @param event null unless this is one, or one that is taken back
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
    QUESTION,
    /** A request to say again what every key's features are. */
    REWRITE
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

  /**
   * A request to say again what every key's features are; it goes to each subtask, which follows
   * one request once.
   */
  public static Signal rewrite(long number) {
    return new Signal(Kind.REWRITE, Long.toString(number), null, null);
  }

  /** What Flink keys by, see {@link EntityKey#hash}. */
  public long hash() {
    return EntityKey.hash(key);
  }
}
