package io.plumbline.jobs.feature;

/**
 * What the features of one entity key are now, for whoever serves them.
 *
 * @param entity index of the entity in the pipeline
 * @param key of the entity, see {@link EntityKey}
 * @param asOf the time of the values, epoch ms: knowledge time, or the largest ingestion time of
 *     the key's events if that is later
 * @param ingestedAt of the event that caused the update, epoch ms; {@link #BY_TIME} if time alone
 *     did
 * @param values in the order of the entity's plan, in stored form; null where a feature has none
 */
public record Update(int entity, String key, long asOf, long ingestedAt, Object[] values) {
  /** Stands for an ingestion time where no event caused the update. */
  public static final long BY_TIME = Long.MIN_VALUE;

  /** Whether no feature has a value: nothing is left to be served. */
  public boolean isEmpty() {
    for (Object value : values) {
      if (value != null) {
        return false;
      }
    }
    return true;
  }
}
