package io.plumbline.bench;

import io.plumbline.jobs.lake.LakeLayout;
import io.plumbline.jobs.lake.LakeSchema;
import io.plumbline.jobs.lake.LakeWriters;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.Comparator;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.IndexedRecord;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.io.LocalOutputFile;

/**
 * Writes a workload: thirty days of purchases as the product's lake, and observations of the same
 * users. Of the events, most arrive within two seconds, some as late as is allowed, some later (to
 * be rejected), and a few claim to come from the future, by little or by too much. A few users have
 * much more than the others: user number {@code floor(keys · u³)} for a uniform u. Events go to the
 * partitions in turn, so offsets have no gaps: the lake is that of a log.
 *
 * <p>Every hour has its own seeded generator, so the data do not depend on the number of threads.
 */
public final class WorkloadWriter {
  /** The source's name. */
  public static final String SOURCE = "purchase";

  static final long LATENESS_MS = 600_000;
  static final long MAX_CLOCK_SKEW_MS = 5_000;

  private static final long SEED = 20260501;
  private static final int HOURS = 30 * 24;
  private static final long START_MS = Instant.parse("2026-04-01T00:00:00Z").toEpochMilli();

  /** When the log ends, epoch ms. */
  public static final long END_MS = START_MS + HOURS * LakeLayout.HOUR_MS;

  /** Of the log, numbered from 0. */
  public static final int PARTITIONS = 4;

  /** Named anew whenever what is written changes. */
  private static final String DONE = "_done-2";

  private static final Schema TIMESTAMP =
      LogicalTypes.timestampMillis().addToSchema(Schema.create(Schema.Type.LONG));

  /** Of the source's events. */
  public static final Schema EVENT =
      SchemaBuilder.record("Purchase")
          .namespace("io.plumbline.bench")
          .fields()
          .requiredLong("user_id")
          .name("purchased_at")
          .type(TIMESTAMP)
          .noDefault()
          .requiredDouble("amount")
          .endRecord();

  private static final Schema OBSERVATION =
      SchemaBuilder.record("Observation")
          .namespace("io.plumbline.bench")
          .fields()
          .requiredLong("row")
          .name("at")
          .type(TIMESTAMP)
          .noDefault()
          .requiredLong("user_id")
          .requiredInt("label")
          .endRecord();

  private final Workload workload;
  private final Path folder;

  private WorkloadWriter(Workload workload, Path folder) {
    this.workload = workload;
    this.folder = folder;
  }

  /**
   * A workload's data; written unless they are there from an earlier run.
   *
   * @param work folder that workloads are kept in
   */
  public static Data provide(Workload workload, Path work) throws IOException {
    Path folder = work.resolve("data").resolve(workload.id());
    WorkloadWriter writer = new WorkloadWriter(workload, folder);
    if (!Files.exists(folder.resolve(DONE))) {
      Folders.delete(folder);
      Files.createDirectories(folder);
      IntStream.range(0, HOURS).parallel().forEach(writer::writeHour);
      writer.writeObservations();
      Files.createFile(folder.resolve(DONE));
    }
    return new Data(writer.lake(), writer.observations());
  }

  /**
   * Where a workload's data are.
   *
   * @param lake folder with the one source {@link #SOURCE}
   * @param observations Parquet file
   */
  public record Data(Path lake, Path observations) {}

  private Path lake() {
    return folder.resolve("lake");
  }

  private Path observations() {
    return folder.resolve("observations.parquet");
  }

  private void writeHour(int hour) {
    SplittableRandom random = new SplittableRandom(SEED + hour);
    long firstMs = START_MS + hour * LakeLayout.HOUR_MS;
    long from = workload.events() * hour / HOURS;
    int count = (int) (workload.events() * (hour + 1) / HOURS - from);
    long[] ingestedAt = random.longs(count, 0, LakeLayout.HOUR_MS).sorted().toArray();
    Path file =
        LakeLayout.records(lake(), SOURCE)
            .resolve(LakeLayout.folder(LakeLayout.hourOf(firstMs)))
            .resolve("part-0.parquet");
    Schema schema = LakeSchema.of(EVENT);
    long[] numbers = inOrder(ingestedAt, from);
    try {
      Files.createDirectories(file.getParent());
      try (ParquetWriter<IndexedRecord> writer =
          LakeWriters.open(new LocalOutputFile(file), schema, LakeWriters.RowOrder.BY_INGESTION)) {
        GenericData.Record record = new GenericData.Record(schema);
        for (int i = 0; i < count; i++) {
          long ingested = firstMs + ingestedAt[i];
          record.put(0, user(random));
          record.put(1, ingested - delayMs(random));
          record.put(2, cents(random) / 100.0);
          record.put(3, ingested);
          record.put(4, (int) (numbers[i] % PARTITIONS));
          record.put(5, numbers[i] / PARTITIONS);
          writer.write(record);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Numbers of events; where ingestion times are equal, by partition, as the lake wants it. */
  private static long[] inOrder(long[] ingestedAt, long first) {
    long[] numbers = new long[ingestedAt.length];
    int start = 0;
    for (int i = 1; i <= numbers.length; i++) {
      if (i == numbers.length || ingestedAt[i] != ingestedAt[start]) {
        long[] tied =
            LongStream.range(first + start, first + i)
                .boxed()
                .sorted(Comparator.comparingLong(n -> n % PARTITIONS))
                .mapToLong(Long::longValue)
                .toArray();
        System.arraycopy(tied, 0, numbers, start, tied.length);
        start = i;
      }
    }
    return numbers;
  }

  private void writeObservations() throws IOException {
    SplittableRandom random = new SplittableRandom(SEED - 1);
    Path temporary = folder.resolve("observations.tmp");
    try (ParquetWriter<IndexedRecord> writer =
        LakeWriters.open(new LocalOutputFile(temporary), OBSERVATION, LakeWriters.RowOrder.NONE)) {
      GenericData.Record record = new GenericData.Record(OBSERVATION);
      for (long row = 0; row < workload.observations(); row++) {
        record.put(0, row);
        record.put(1, START_MS + random.nextLong(HOURS * LakeLayout.HOUR_MS));
        record.put(2, user(random));
        record.put(3, random.nextInt(2));
        writer.write(record);
      }
    }
    Files.move(temporary, observations(), StandardCopyOption.ATOMIC_MOVE);
  }

  private long user(SplittableRandom random) {
    double u = random.nextDouble();
    return (long) (workload.keys() * u * u * u);
  }

  private static long delayMs(SplittableRandom random) {
    int kind = random.nextInt(1000);
    if (kind < 950) {
      return random.nextLong(2_000);
    }
    if (kind < 985) {
      return random.nextLong(LATENESS_MS + 1);
    }
    if (kind < 998) {
      return LATENESS_MS + 1 + random.nextLong(12 * LATENESS_MS);
    }
    return -random.nextLong(2 * MAX_CLOCK_SKEW_MS);
  }

  private static long cents(SplittableRandom random) {
    double u = random.nextDouble();
    return 100 + (long) (20_000 * u * u);
  }
}
