package io.plumbline.jobs.table;

/**
 * An observation and what was computed for it.
 *
 * @param observation its payload
 * @param values one for each feature column, finished; null where that is the value
 */
public record TrainingRow(byte[] observation, Object[] values) {}
