package io.plumbline.jobs.generator;

/**
 * What the simulated log must know of a source: the bounds that decide which records are rejected.
 * The definitions of the set say the same.
 *
 * @param name of the source
 * @param latenessMs how long after it happened an event may still be accepted
 * @param maxClockSkewMs how far ahead of the log's clock an event may claim to have happened
 * @param logDisorderMs how far the log's times may run backwards within a partition
 */
public record SourceProfile(
    String name, long latenessMs, long maxClockSkewMs, long logDisorderMs) {}
