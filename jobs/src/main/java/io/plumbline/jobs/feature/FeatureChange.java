package io.plumbline.jobs.feature;

import java.util.List;
import java.util.stream.Collectors;

/**
 * What becomes of one feature where a job goes on from a savepoint with other definitions.
 *
 * @param id e.g. {@code spend_1h:v2}
 * @param differences what is written otherwise; empty where the feature is in one set alone
 */
public record FeatureChange(String id, Kind kind, List<Difference> differences) {
  /** What becomes of a feature. */
  public enum Kind {
    /** It goes on as it was. */
    KEPT,
    /** It goes on as it was; its default, or what only people read, is another. */
    PRESENTATION,
    /** It is new, and counts what is read from now on. */
    ADDED_EMPTY,
    /** It is new, and has its whole history: others keep all that it needs. */
    ADDED_WHOLE,
    /** It is not defined any more: its history is lost. */
    REMOVED,
    /** It means something else under the same version, which is refused. */
    CHANGED;

    /** Whether it is in the new definitions alone. */
    public boolean isAdded() {
      return this == ADDED_EMPTY || this == ADDED_WHOLE;
    }
  }

  /**
   * A property that was written otherwise.
   *
   * @param property as definitions name it
   */
  public record Difference(String property, String was, String is) {
    @Override
    public String toString() {
      return property + " " + was + " -> " + is;
    }
  }

  /** The differences, for people. */
  public String said() {
    return differences.stream().map(Difference::toString).collect(Collectors.joining(", "));
  }
}
