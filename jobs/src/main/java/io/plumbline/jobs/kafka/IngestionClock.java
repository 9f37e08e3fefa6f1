package io.plumbline.jobs.kafka;

import io.plumbline.definition.Source;
import java.io.Serializable;
import java.util.OptionalLong;

/** Says when the log accepted a record: what a source means by {@code ingested_at}. */
@FunctionalInterface
public interface IngestionClock extends Serializable {
  /** The record's own timestamp, whoever set it: {@code ingested_at: log} and {@code record}. */
  IngestionClock RECORD_TIME = RecordTime.INSTANCE;

  /** What a source's {@code ingested_at} says. */
  static IngestionClock of(Source source, RegistrySettings registry) {
    return source.ingestedAt() instanceof Source.IngestedAt.Field field
        ? new FieldTime(PayloadFormat.of(source, registry), field.name())
        : RECORD_TIME;
  }

  /** Epoch ms; empty if the record does not say, because it is malformed. */
  OptionalLong ingestedAt(LogRecord record);

  /** An enum, because that stays itself when it is sent to where the source runs. */
  enum RecordTime implements IngestionClock {
    INSTANCE;

    @Override
    public OptionalLong ingestedAt(LogRecord record) {
      return OptionalLong.of(record.timestamp());
    }
  }
}
