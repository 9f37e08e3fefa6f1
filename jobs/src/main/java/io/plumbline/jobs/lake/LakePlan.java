package io.plumbline.jobs.lake;

import io.plumbline.UserError;
import io.plumbline.definition.Source;
import io.plumbline.jobs.lake.LakeLayout.HourFile;
import io.plumbline.jobs.lake.LakeWriters.RowOrder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.parquet.column.statistics.LongStatistics;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.ColumnPath;

/**
 * The files of a source that a run reads, each known to be complete and to fit the source's schema.
 *
 * @param files in the order of hour and name; none if the lake has nothing of the source
 * @param malformedRows malformed records archived in the same hours
 */
public record LakePlan(List<LakeFile> files, long malformedRows) {
  private static final ColumnPath INGESTED_AT = ColumnPath.get(LakeSchema.INGESTED_AT);

  public LakePlan {
    files = List.copyOf(files);
  }

  /**
   * The files in the hours that overlap [fromMs, toMs], epoch milliseconds of ingestion.
   *
   * @throws UserError if a file is not complete or does not fit the source's schema
   */
  public static LakePlan of(Path lake, Source source, long fromMs, long toMs) {
    List<LakeFile> files =
        LakeLayout.files(LakeLayout.records(lake, source.name()), fromMs, toMs).parallelStream()
            .map(file -> read(file, source.schema()))
            .toList();
    List<Path> malformed =
        LakeLayout.files(LakeLayout.malformed(lake, source.name()), fromMs, toMs).stream()
            .map(HourFile::path)
            .toList();
    return new LakePlan(files, countRows(malformed));
  }

  /** Every file of the source, and the malformed records whose ingestion time is not known. */
  public static LakePlan all(Path lake, Source source) {
    LakePlan dated = of(lake, source, Long.MIN_VALUE, Long.MAX_VALUE);
    Path unknown = LakeLayout.malformed(lake, source.name()).resolve(LakeLayout.UNKNOWN_DATE);
    long undated = Files.isDirectory(unknown) ? countRows(LakeLayout.visibleFiles(unknown)) : 0;
    return new LakePlan(dated.files, dated.malformedRows + undated);
  }

  /** Whether the lake has any file of the source. */
  public static boolean hasFiles(Path lake, String source) {
    return !LakeLayout.files(LakeLayout.records(lake, source), Long.MIN_VALUE, Long.MAX_VALUE)
        .isEmpty();
  }

  /**
   * The last millisecond before the last hour that has records of a source: imported history goes
   * at least so far. {@link Long#MIN_VALUE} if there are none.
   */
  public static long lastFullHourMs(Path lake, String source) {
    List<HourFile> files =
        LakeLayout.files(LakeLayout.records(lake, source), Long.MIN_VALUE, Long.MAX_VALUE);
    return files.isEmpty() ? Long.MIN_VALUE : files.get(files.size() - 1).fromMs() - 1;
  }

  public long rows() {
    return files.stream().mapToLong(LakeFile::rows).sum();
  }

  public long bytes() {
    return files.stream().mapToLong(LakeFile::bytes).sum();
  }

  /** All files, cut at row groups into parts of at least {@code bytes} where they are larger. */
  public List<LakeSplit> splits(long bytes) {
    List<LakeSplit> splits = new ArrayList<>();
    files.forEach(file -> splits.addAll(file.splits(bytes)));
    return splits;
  }

  private static LakeFile read(HourFile file, Schema schema) {
    try (RowGroups rows = Footers.openRows(file.path(), 0, 0)) {
      Footers.check(file.path(), rows.schema(), schema);
      List<LakeFile.RowGroup> groups = new ArrayList<>();
      long min = Long.MAX_VALUE;
      long max = Long.MIN_VALUE;
      for (BlockMetaData block : rows.footer().getBlocks()) {
        groups.add(new LakeFile.RowGroup(block.getRowCount(), block.getCompressedSize()));
        LongStatistics times = ingestionTimes(block);
        boolean known = times != null && times.hasNonNullValue();
        min = Math.min(min, known ? times.getMin() : file.fromMs());
        max = Math.max(max, known ? times.getMax() : file.lastMs());
      }
      boolean empty = groups.isEmpty();
      return new LakeFile(
          file.path(),
          Files.size(file.path()),
          empty ? file.fromMs() : min,
          empty ? file.fromMs() : max,
          RowOrder.of(rows.footer().getFileMetaData().getKeyValueMetaData()),
          groups);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static LongStatistics ingestionTimes(BlockMetaData block) {
    for (ColumnChunkMetaData column : block.getColumns()) {
      if (column.getPath().equals(INGESTED_AT)
          && column.getStatistics() instanceof LongStatistics times) {
        return times;
      }
    }
    return null;
  }

  private static long countRows(List<Path> files) {
    return files.parallelStream()
        .mapToLong(
            path -> {
              try (RowGroups rows = Footers.openRows(path, 0, 0)) {
                return rows.footer().getBlocks().stream()
                    .mapToLong(BlockMetaData::getRowCount)
                    .sum();
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            })
        .sum();
  }
}
