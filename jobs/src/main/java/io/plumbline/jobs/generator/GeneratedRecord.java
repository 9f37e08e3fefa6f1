package io.plumbline.jobs.generator;

/**
 * A record as it stands in the simulated log.
 *
 * @param source whose log it is
 * @param partition from 0
 * @param offset within the source's partition, from 0 without gaps
 * @param ingestedAt when the log accepted it, epoch ms
 * @param payload JSON in UTF-8 on one line, or what is left of it; not to be changed, copies share
 *     it
 * @param kind what was done to it
 */
public record GeneratedRecord(
    String source, int partition, long offset, long ingestedAt, byte[] payload, RecordKind kind) {}
