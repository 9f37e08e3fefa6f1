package io.plumbline.jobs.feature;

/**
 * How objects travel to the operator that keeps their keys' state: one by one as they arrive, some
 * of a popular key together ({@link PopularPacking}), or, in a batch run, packed by bucket, so that
 * Flink moves and sorts a few large records in place of many small ones.
 *
 * @param group what Flink keys by: the hash of the object's key, or the number of the bucket
 * @param one the object; null if many are packed
 * @param packed the objects, one after another as their codec writes them; null if there is one
 */
public record Parcel<T>(long group, T one, byte[] packed) {}
