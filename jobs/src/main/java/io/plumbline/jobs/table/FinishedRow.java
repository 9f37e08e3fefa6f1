package io.plumbline.jobs.table;

/**
 * What a table shows for the features of one observation.
 *
 * @param values one for each feature column, of its type or null
 * @param defaulted for each feature column, whether its value is the default because there was none
 */
public record FinishedRow(Object[] values, boolean[] defaulted) {}
