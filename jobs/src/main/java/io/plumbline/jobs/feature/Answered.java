package io.plumbline.jobs.feature;

/**
 * An observation with the answers of all entities.
 *
 * @param row its number
 * @param values of each of the pipeline's entities, in the order of its plan; null where a feature
 *     has none
 * @param payload the observation's columns
 */
public record Answered(long row, Object[][] values, byte[] payload) {}
