package io.plumbline.jobs.admission;

/**
 * A record that is no event, with what is needed to look into it and to send it again.
 *
 * @param source its name
 * @param eventTime as sent, epoch ms; null if it could not be read
 * @param ingestedAt epoch ms; null if it could not be read
 * @param detail what is wrong, for people; empty if the reason says it all
 * @param payload the record's value as it lay in the log; null in a tombstone
 */
public record Rejected(
    String source,
    Reason reason,
    Long eventTime,
    Long ingestedAt,
    String detail,
    String topic,
    int partition,
    long offset,
    byte[] payload) {}
