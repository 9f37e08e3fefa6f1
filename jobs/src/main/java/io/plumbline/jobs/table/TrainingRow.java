package io.plumbline.jobs.table;

/**
 * An observation and what was computed for it.
 *
 * @param observation its payload
 * @param values one for each feature that a {@link RowFinisher} expects; null where there is none
 */
public record TrainingRow(byte[] observation, Object[] values) {}
