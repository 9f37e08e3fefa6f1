package io.plumbline.jobs.importing;

import io.plumbline.jobs.lake.LakeLayout;
import io.plumbline.jobs.lake.LakeRows;
import io.plumbline.jobs.lake.LakeSchema;
import io.plumbline.jobs.lake.LakeWriters;
import io.plumbline.jobs.lake.LakeWriters.RowOrder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.function.Function;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.IndexedRecord;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.io.OutputFile;

/** Sorts an import's records into hours and writes a file for each, still hidden from readers. */
final class Staging implements AutoCloseable {
  private static final long EVENT_BYTES = 64L << 20;
  private static final long MALFORMED_BYTES = 16L << 20;

  /** Stands for the folder of malformed records whose ingestion time is not known. */
  private static final long UNKNOWN_HOUR = Long.MAX_VALUE;

  private final Publication publication;
  private final Function<Path, OutputFile> outputs;
  private final Path records;
  private final Path malformed;
  private final Schema schema;
  private final SpillFile spill;
  private final HourlySort events;
  private final HourlySort rejected;

  Staging(ImportRequest request, Publication publication, Function<Path, OutputFile> outputs)
      throws IOException {
    this.publication = publication;
    this.outputs = outputs;
    records = LakeLayout.records(request.lake(), request.source().name());
    malformed = LakeLayout.malformed(request.lake(), request.source().name());
    schema = LakeSchema.of(request.source().schema());
    spill = new SpillFile(publication.temporary("spill"));
    events = new HourlySort(schema, spill, EVENT_BYTES);
    rejected = new HourlySort(LakeSchema.MALFORMED, spill, MALFORMED_BYTES);
  }

  void add(Position position, GenericData.Record event) throws IOException {
    GenericData.Record row =
        LakeRows.row(schema, event, position.ingestedAt(), position.partition(), position.offset());
    events.add(LakeLayout.hourOf(position.ingestedAt()), position, row);
  }

  void addMalformed(OptionalLong ingestedAt, Position position, String reason, byte[] payload)
      throws IOException {
    GenericData.Record row = new GenericData.Record(LakeSchema.MALFORMED);
    row.put(LakeSchema.INGESTED_AT, ingestedAt.isPresent() ? ingestedAt.getAsLong() : null);
    row.put(LakeSchema.PARTITION, position.partition());
    row.put(LakeSchema.OFFSET, position.offset());
    row.put(LakeSchema.REASON, reason);
    row.put(LakeSchema.PAYLOAD, ByteBuffer.wrap(payload));
    long hour = ingestedAt.isPresent() ? LakeLayout.hourOf(ingestedAt.getAsLong()) : UNKNOWN_HOUR;
    rejected.add(hour, position, row);
  }

  /** Writes every hour's file. */
  void write(Progress progress) throws IOException {
    int all = events.hours().size() + rejected.hours().size();
    int done = 0;
    for (long hour : events.hours()) {
      write(events, hour, schema, records.resolve(LakeLayout.folder(hour)));
      progress.files(++done, all);
    }
    for (long hour : rejected.hours()) {
      String folder = hour == UNKNOWN_HOUR ? LakeLayout.UNKNOWN_DATE : LakeLayout.folder(hour);
      write(rejected, hour, LakeSchema.MALFORMED, malformed.resolve(folder));
      progress.files(++done, all);
    }
  }

  @Override
  public void close() throws IOException {
    spill.close();
  }

  private void write(HourlySort sort, long hour, Schema rows, Path folder) throws IOException {
    OutputFile file = outputs.apply(publication.file(folder));
    try (ParquetWriter<IndexedRecord> writer =
        LakeWriters.open(file, rows, RowOrder.BY_INGESTION)) {
      sort.drain(hour, writer::write);
    }
  }
}
