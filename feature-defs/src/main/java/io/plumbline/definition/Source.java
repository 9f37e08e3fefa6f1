package io.plumbline.definition;

import java.util.Optional;
import org.apache.avro.Schema;

/**
 * A log of events.
 *
 * @param name unique among sources
 * @param schema the Avro record that every event is
 * @param topic Kafka topic
 * @param encoding how a Kafka value holds the record
 * @param eventTime field that says when the event happened
 * @param ingestedAt where the time at which the log accepted the event comes from
 * @param logDisorderMs how far the log's times may run backwards within a partition
 * @param eventId field whose value, with the event time as sent, names an event; empty if copies
 *     are not looked for
 * @param latenessMs how long after it happened an event may still be accepted
 * @param maxClockSkewMs how far ahead of the log's clock an event may claim to have happened
 */
public record Source(
    String name,
    Schema schema,
    String topic,
    Encoding encoding,
    String eventTime,
    IngestedAt ingestedAt,
    long logDisorderMs,
    Optional<String> eventId,
    long latenessMs,
    long maxClockSkewMs) {

  /** How a Kafka value holds a record. */
  public enum Encoding {
    AVRO,
    CONFLUENT_AVRO,
    JSON
  }

  /** Where a record's ingestion time comes from. */
  public sealed interface IngestedAt {
    /** The broker's clock: the topic must be LogAppendTime. */
    record Log() implements IngestedAt {}

    /** The Kafka record's timestamp, whoever set it. */
    record Record() implements IngestedAt {}

    /** A field of the event. */
    record Field(String name) implements IngestedAt {}
  }
}
