package io.plumbline.aggregate;

import io.plumbline.definition.Aggregation;
import io.plumbline.definition.Feature;

/**
 * Values as they are stored for readers. Most are stored as they are; those that depend on the
 * moment of reading as what a reader needs to finish them:
 *
 * <ul>
 *   <li>{@code time_since_last}: a {@link Long}, the time of the last event, epoch ms
 *   <li>{@code decayed_sum}, {@code decayed_count}: a {@link Decayed}
 * </ul>
 */
public final class StoredValue {
  private StoredValue() {}

  /** Whether a feature's value depends on the moment of reading. */
  public static boolean isReadTime(Feature.Windowed feature) {
    Aggregation aggregation = feature.aggregation();
    return aggregation instanceof Aggregation.TimeSinceLast
        || aggregation instanceof Aggregation.DecayedSum
        || aggregation instanceof Aggregation.DecayedCount;
  }

  /**
   * A feature's value when it is read.
   *
   * @param stored the feature's value as stored; null for none
   * @param time of reading, epoch ms
   * @return the value, of the feature's type; null where there is none or it is undefined
   */
  public static Object finish(Feature.Windowed feature, Object stored, long time) {
    if (stored == null) {
      return null;
    } else if (feature.aggregation() instanceof Aggregation.TimeSinceLast) {
      return new SinceLast().valueAt((Long) stored, time);
    } else if (feature.aggregation() instanceof Aggregation.DecayedSum decayed) {
      return new Decaying(decayed.halfLifeMs()).valueAt((Decayed) stored, time);
    } else if (feature.aggregation() instanceof Aggregation.DecayedCount decayed) {
      return new Decaying(decayed.halfLifeMs()).valueAt((Decayed) stored, time);
    }
    return stored;
  }
}
