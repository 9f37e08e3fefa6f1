package io.plumbline.jobs.importing;

import io.plumbline.UserError;
import io.plumbline.jobs.decode.Malformed;
import io.plumbline.jobs.decode.RequiredFields;
import io.plumbline.jobs.lake.LakeSchema;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.avro.generic.GenericData;

/** Decides for each row where it goes: into an hour of the lake, or to the malformed ones. */
final class RowFiling {
  /** Rows without any ingestion time that are enough to call it missing from the input. */
  private static final int ROWS_TO_JUDGE = 100;

  private static final int NO_PARTITION = -1;

  private final ImportRequest request;
  private final Staging staging;
  private final RejectFile rejects;
  private final IngestionTime ingestionTime;
  private final RequiredFields required;
  private long nextOffset;
  private long rows;
  private long untimed;
  private boolean anyTimed;

  RowFiling(ImportRequest request, Staging staging, RejectFile rejects, long nextOffset) {
    this.request = request;
    this.staging = staging;
    this.rejects = rejects;
    this.nextOffset = nextOffset;
    ingestionTime = new IngestionTime(request.source(), request.ingestedAt(), request.times());
    required = new RequiredFields(request.source(), request.times());
  }

  long rows() {
    return rows;
  }

  long nextOffset() {
    return nextOffset;
  }

  /** Names that are looked for beside the schema's fields. */
  Set<String> timeFields() {
    Set<String> names = new LinkedHashSet<>(ingestionTime.fields());
    names.add(LakeSchema.PARTITION);
    names.add(LakeSchema.OFFSET);
    return names;
  }

  void file(Path input, Row row) throws IOException {
    rows++;
    String reason = null;
    GenericData.Record record = null;
    try {
      record = row.record();
      required.check(record, row::isBlank);
    } catch (Malformed e) {
      reason = e.reason();
    }
    OptionalLong time = OptionalLong.empty();
    try {
      time = ingestionTime.of(row);
      judge(time, record != null);
      if (time.isEmpty() && reason == null) {
        reason = "no ingestion time";
      }
    } catch (Malformed e) {
      reason = reason == null ? e.reason() : reason;
    }
    Position position = new Position(time.orElse(0), NO_PARTITION, nextOffset);
    try {
      position = position(row, time.orElse(0));
    } catch (Malformed e) {
      reason = reason == null ? e.reason() : reason;
    }
    if (position.partition() == NO_PARTITION) {
      nextOffset = Math.max(nextOffset, Math.addExact(position.offset(), 1));
    }
    if (reason == null) {
      staging.add(position, record);
    } else {
      staging.addMalformed(time, position, reason, row.payload());
      rejects.add(input, row, reason);
    }
  }

  /** To be called after the last row. */
  void finish() {
    if (!anyTimed && untimed > 0) {
      throw noIngestionTime();
    }
  }

  private void judge(OptionalLong time, boolean decoded) {
    anyTimed |= time.isPresent();
    untimed += decoded && time.isEmpty() ? 1 : 0;
    if (!anyTimed && untimed >= ROWS_TO_JUDGE) {
      throw noIngestionTime();
    }
  }

  private Position position(Row row, long ingestedAt) throws Malformed {
    Object partition = row.raw(LakeSchema.PARTITION);
    Object offset = row.raw(LakeSchema.OFFSET);
    if (partition == null || offset == null) {
      return new Position(ingestedAt, NO_PARTITION, nextOffset);
    }
    long number = integer(LakeSchema.PARTITION, partition);
    if (number < NO_PARTITION || number > Integer.MAX_VALUE) {
      throw new Malformed(LakeSchema.PARTITION + ": no partition's number");
    }
    long at = integer(LakeSchema.OFFSET, offset);
    if (at < 0 || at == Long.MAX_VALUE) {
      throw new Malformed(LakeSchema.OFFSET + ": no offset");
    }
    return new Position(ingestedAt, (int) number, at);
  }

  private static long integer(String field, Object value) throws Malformed {
    try {
      return value instanceof Long number ? number : Long.parseLong(value.toString());
    } catch (NumberFormatException e) {
      throw new Malformed(field + ": not an integer");
    }
  }

  private UserError noIngestionTime() {
    return UserError.wrongCall(
        request.inputs().get(0)
            + ": its rows do not say when they were ingested: none has "
            + String.join(" or ", ingestionTime.fields())
            + "; name the field that does with --ingested-at FIELD, for a history that has no other"
            + " the event time: --ingested-at "
            + request.source().eventTime());
  }
}
