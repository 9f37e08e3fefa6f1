package io.plumbline.jobs.observations;

/**
 * A row of the observations: whom it is about, when, and everything else that it says.
 *
 * @param row its place in the file, from 0
 * @param at epoch ms
 * @param keys one for each of {@link ObservationOptions#keys()}: a String, a Long or null
 * @param payload all its columns, as the file's {@link ObservationCodec} reads them
 */
public record Observation(long row, long at, Object[] keys, byte[] payload) {}
