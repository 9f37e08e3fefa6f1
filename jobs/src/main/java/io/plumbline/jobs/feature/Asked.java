package io.plumbline.jobs.feature;

/**
 * An observation: a row that wants features.
 *
 * @param row its number
 * @param at the time that it asks about, epoch ms
 * @param keys of each of the pipeline's entities, in order; null where a key component is null
 * @param payload the observation's columns
 */
public record Asked(long row, long at, String[] keys, byte[] payload) {}
