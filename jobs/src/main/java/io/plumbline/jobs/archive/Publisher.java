package io.plumbline.jobs.archive;

import io.plumbline.definition.Source;
import io.plumbline.jobs.decode.Malformed;
import io.plumbline.jobs.kafka.PayloadDecoder;
import io.plumbline.jobs.lake.HeldPositions;
import io.plumbline.jobs.lake.LakeLayout;
import io.plumbline.jobs.lake.LakeSchema;
import io.plumbline.jobs.lake.LakeWriters;
import io.plumbline.jobs.lake.LakeWriters.RowOrder;
import java.io.File;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.IndexedRecord;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.io.LocalOutputFile;

/**
 * Carries out publications: merges segments into one file of rows, and one of malformed records if
 * there are any, and lets readers see them by renaming. Carrying one out again does no harm: the
 * names are the same, and rows that the lake holds are left out. Not thread-safe.
 */
final class Publisher {
  static final String TEMPORARY = ".tmp";
  private static final int ATTEMPT_LENGTH = 8;
  private static final int ROWS_A_LOOK = 1 << 12;

  private final Path lake;
  private final String source;
  private final Path hidden;
  private final EventRows rows;
  private final HeldPositions held;
  private final Ownership.Claim claim;

  /** An attempt that does not know yet that it is over writes files of its own. */
  private final String attempt = UUID.randomUUID().toString().substring(0, ATTEMPT_LENGTH);

  /** What readers can see now. */
  record Published(int files, long rows, long bytes, Map<String, Long> malformed) {}

  /**
   * @param held what the lake had when this attempt began
   * @param claim checked before readers get to see anything
   */
  Publisher(
      Path lake, Source source, PayloadDecoder decoder, HeldPositions held, Ownership.Claim claim) {
    this.lake = lake;
    this.source = source.name();
    this.hidden = LakeLayout.hidden(lake, source.name());
    this.rows = new EventRows(source, decoder);
    this.held = held;
    this.claim = claim;
  }

  Published publish(Publication publication) throws IOException {
    Map<String, Long> malformed = new HashMap<>();
    String folder = Segment.folder(publication.hour());
    Output good =
        new Output(LakeLayout.records(lake, source).resolve(folder), publication, rows.schema());
    Output bad =
        new Output(
            LakeLayout.malformed(lake, source).resolve(folder), publication, LakeSchema.MALFORMED);
    Output undated =
        new Output(
            LakeLayout.malformed(lake, source).resolve(LakeLayout.UNKNOWN_DATE),
            publication,
            LakeSchema.MALFORMED);
    try (good;
        bad;
        undated;
        Entries entries = new Entries(hidden, publication.segments())) {
      merge(entries, good, bad, undated, malformed);
    } catch (IOException | RuntimeException e) {
      for (Output output : List.of(good, bad, undated)) {
        Files.deleteIfExists(output.temporary);
      }
      throw e;
    }
    int files = undated.show() + bad.show() + good.show();
    for (Segment segment : publication.segments()) {
      Files.deleteIfExists(hidden.resolve(segment.name()));
    }
    return new Published(
        files,
        good.count + bad.count + undated.count,
        good.bytes + bad.bytes + undated.bytes,
        malformed);
  }

  private void merge(
      Entries entries, Output good, Output bad, Output undated, Map<String, Long> malformed)
      throws IOException {
    GenericData.Record refused = new GenericData.Record(LakeSchema.MALFORMED);
    for (long n = 1; entries.next(); n++) {
      if (n % ROWS_A_LOOK == 0 && Thread.currentThread().isInterrupted()) {
        throw new InterruptedIOException("the archive was stopped");
      }
      long time = entries.ingestedAt();
      if (held.hold(entries.partition(), entries.offset(), time)) {
        continue;
      }
      byte[] value = entries.value();
      try {
        good.write(rows.row(value, time, entries.partition(), entries.offset()));
      } catch (Malformed e) {
        refused.put(0, rows.isTimed() ? time : null);
        refused.put(1, entries.partition());
        refused.put(2, entries.offset());
        refused.put(3, e.reason());
        refused.put(4, ByteBuffer.wrap(value == null ? new byte[0] : value));
        (rows.isTimed() ? bad : undated).write(refused);
        malformed.merge(e.reason(), 1L, Long::sum);
      }
    }
  }

  /** One file on its way to readers; there is none before its first row. */
  private final class Output implements AutoCloseable {
    private final Path target;
    private final Path temporary;
    private final List<String> parts;
    private final Schema schema;
    private ParquetWriter<IndexedRecord> writer;
    private long count;
    private long bytes;

    Output(Path folder, Publication publication, Schema schema) {
      this.target = folder.resolve(publication.name() + ".parquet");
      this.schema = schema;
      this.parts = publication.segments().stream().map(Segment::name).toList();
      String place = lake.relativize(folder).toString().replace(File.separatorChar, '-');
      this.temporary = hidden.resolve(publication.name() + "-" + place + "-" + attempt + TEMPORARY);
    }

    void write(IndexedRecord row) throws IOException {
      if (writer == null) {
        writer =
            LakeWriters.open(new LocalOutputFile(temporary), schema, RowOrder.BY_INGESTION, parts);
      }
      writer.write(row);
      count++;
    }

    @Override
    public void close() throws IOException {
      if (writer == null) {
        return;
      }
      try {
        writer.close();
      } catch (IOException | RuntimeException e) {
        Files.deleteIfExists(temporary);
        throw e;
      }
    }

    /** Renames the file to where readers see it; how many files that were. */
    int show() throws IOException {
      if (writer == null) {
        return 0;
      }
      force(temporary);
      bytes = Files.size(temporary);
      Files.createDirectories(target.getParent());
      claim.check();
      if (Files.exists(target)) {
        Files.delete(temporary);
        return 0;
      }
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
      force(target.getParent());
      return 1;
    }
  }

  private static void force(Path path) throws IOException {
    try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ)) {
      file.force(true);
    }
  }
}
