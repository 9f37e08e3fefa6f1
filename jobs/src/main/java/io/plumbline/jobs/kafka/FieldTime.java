package io.plumbline.jobs.kafka;

import io.plumbline.jobs.decode.IngestedField;
import io.plumbline.jobs.decode.Malformed;
import io.plumbline.jobs.decode.TimeText;
import java.util.OptionalLong;

/** Ingestion times in a field of the event: every record is decoded for it. */
final class FieldTime implements IngestionClock {
  private static final long serialVersionUID = 1L;

  private final PayloadFormat format;
  private final String name;
  private transient PayloadDecoder decoder;
  private transient IngestedField field;

  FieldTime(PayloadFormat format, String name) {
    this.format = format;
    this.name = name;
  }

  @Override
  public OptionalLong ingestedAt(LogRecord record) {
    if (decoder == null) {
      decoder = format.decoder();
      field = new IngestedField(format.schema(), name, TimeText.ISO);
    }
    try {
      return field.of(decoder.decode(record.value()));
    } catch (Malformed e) {
      return OptionalLong.empty();
    }
  }
}
