package io.plumbline.jobs.feature;

/**
 * The values of one entity's features for one observation.
 *
 * @param row number of the observation
 * @param entity index of the entity in the pipeline
 * @param values in the order of the entity's plan; null where a feature has none. Null as a whole
 *     if the question came too late to be answered
 * @param payload the observation's columns; empty if another answer of the row carries them
 * @param plans by which entity and values are placed; null if by the pipeline's
 */
public record Answer(
    long row, int entity, Object[] values, byte[] payload, FeatureSet.Plans plans) {
  /** In place of an entity that the pipeline does not have any more. */
  static final int OF_NONE = -1;

  /** An answer of the pipeline's. */
  public Answer(long row, int entity, Object[] values, byte[] payload) {
    this(row, entity, values, payload, null);
  }
}
