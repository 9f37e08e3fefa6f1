package io.plumbline.jobs.kafka;

/**
 * A record of a log, as it lies there.
 *
 * @param offset within its partition
 * @param timestamp the record's own, epoch ms: set by the producer, or by the broker where the
 *     topic is LogAppendTime
 * @param value null in a tombstone, which no source of events should hold
 */
public record LogRecord(String topic, int partition, long offset, long timestamp, byte[] value) {}
