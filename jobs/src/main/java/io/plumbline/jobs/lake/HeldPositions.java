package io.plumbline.jobs.lake;

import io.plumbline.UserError;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntToLongFunction;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;

/**
 * Positions of a log that files of the lake hold already, so that who reads the log again does not
 * write them twice. Offsets are mostly consecutive, so they are kept as runs. Immutable.
 */
public final class HeldPositions {
  private static final long UNKNOWN = PositionRows.UNKNOWN;

  private final Path lake;
  private final String source;
  private final Map<Integer, Run[]> runs = new HashMap<>();

  /** Consecutive offsets, and the bounds of their ingestion times. */
  private record Run(long first, long last, long minTime, long maxTime) {}

  private HeldPositions(Path lake, String source) {
    this.lake = lake;
    this.source = source;
  }

  /**
   * Looks through the lake.
   *
   * @param firstOffset of each partition that matters; what lies before is left out
   * @throws UserError if a file is not complete
   */
  public static HeldPositions from(Path lake, String source, IntToLongFunction firstOffset) {
    HeldPositions held = new HeldPositions(lake, source);
    List<Path> files = new ArrayList<>(LakeLayout.allFiles(LakeLayout.records(lake, source)));
    files.addAll(LakeLayout.allFiles(LakeLayout.malformed(lake, source)));
    Map<Integer, List<Run>> found = new HashMap<>();
    for (Path file : files) {
      new Scan(file, firstOffset, found).read();
    }
    found.forEach((partition, list) -> held.runs.put(partition, joined(list)));
    return held;
  }

  /**
   * Whether a file that was made of this hidden file is among those of the hour, or of unknown
   * time.
   */
  public static boolean hasPart(Path lake, String source, String hourFolder, String part) {
    Path malformed = LakeLayout.malformed(lake, source);
    for (Path folder :
        List.of(
            LakeLayout.records(lake, source).resolve(hourFolder),
            malformed.resolve(hourFolder),
            malformed.resolve(LakeLayout.UNKNOWN_DATE))) {
      for (Path file : LakeLayout.visibleFiles(folder)) {
        try (RowGroups rows = Footers.openRows(file, 0, 0)) {
          if (LakeWriters.parts(rows.footer().getFileMetaData().getKeyValueMetaData())
              .contains(part)) {
            return true;
          }
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }
    return false;
  }

  public boolean isEmpty() {
    return runs.isEmpty();
  }

  /**
   * Whether the lake holds the record at a position.
   *
   * @param ingestedAt of the record, epoch ms; {@link Long#MIN_VALUE} if it has none
   * @throws UserError if the lake holds another record there: the topic is not the one it was
   */
  public boolean hold(int partition, long offset, long ingestedAt) {
    Run[] of = runs.get(partition);
    if (of == null) {
      return false;
    }
    int low = 0;
    int high = of.length - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      Run run = of[middle];
      if (offset < run.first) {
        high = middle - 1;
      } else if (offset > run.last) {
        low = middle + 1;
      } else {
        check(run, partition, offset, ingestedAt);
        return true;
      }
    }
    return false;
  }

  private void check(Run run, int partition, long offset, long ingestedAt) {
    if (ingestedAt != UNKNOWN && (ingestedAt < run.minTime || ingestedAt > run.maxTime)) {
      throw UserError.invalid(
          LakeLayout.records(lake, source)
              + ": holds another record at partition "
              + partition
              + ", offset "
              + offset
              + " than the log, whose record was ingested at "
              + Instant.ofEpochMilli(ingestedAt)
              + "; was the topic deleted and made again, or history imported with positions of"
              + " another topic? Archive it as a source of another name, or to another lake");
    }
  }

  private static Run[] joined(List<Run> list) {
    list.sort(Comparator.comparingLong(Run::first));
    List<Run> joined = new ArrayList<>();
    for (Run run : list) {
      Run last = joined.isEmpty() ? null : joined.get(joined.size() - 1);
      if (last != null && run.first <= last.last + 1) {
        joined.set(
            joined.size() - 1,
            new Run(
                last.first,
                Math.max(last.last, run.last),
                Math.min(last.minTime, run.minTime),
                Math.max(last.maxTime, run.maxTime)));
      } else {
        joined.add(run);
      }
    }
    return joined.toArray(Run[]::new);
  }

  /** Reads the positions of one file. */
  private static final class Scan {
    private final Path file;
    private final IntToLongFunction firstOffset;
    private final Map<Integer, List<Run>> found;

    Scan(Path file, IntToLongFunction firstOffset, Map<Integer, List<Run>> found) {
      this.file = file;
      this.firstOffset = firstOffset;
      this.found = found;
    }

    void read() {
      List<BlockMetaData> groups;
      try (RowGroups footer = Footers.openRows(file, 0, 0)) {
        groups = footer.footer().getBlocks();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      for (int i = 0; i < groups.size(); i++) {
        if (matters(groups.get(i))) {
          readGroup(i);
        }
      }
    }

    private boolean matters(BlockMetaData group) {
      Statistics<?> partitions = statistics(group, LakeSchema.PARTITION);
      Statistics<?> offsets = statistics(group, LakeSchema.OFFSET);
      if (partitions == null || offsets == null) {
        return true;
      }
      int least = Math.max(0, ((Number) partitions.genericGetMin()).intValue());
      int most = ((Number) partitions.genericGetMax()).intValue();
      long last = ((Number) offsets.genericGetMax()).longValue();
      for (int p = least; p <= most; p++) {
        if (firstOffset.applyAsLong(p) <= last) {
          return true;
        }
      }
      return false;
    }

    private static Statistics<?> statistics(BlockMetaData group, String name) {
      for (ColumnChunkMetaData column : group.getColumns()) {
        if (column.getPath().toDotString().equals(name)
            && column.getStatistics() != null
            && column.getStatistics().hasNonNullValue()) {
          return column.getStatistics();
        }
      }
      return null;
    }

    private void readGroup(int group) {
      try (PositionRows rows = PositionRows.open(file, group, 1)) {
        Map<Integer, Building> building = new HashMap<>();
        while (rows.next()) {
          if (rows.partition() >= 0 && rows.offset() >= firstOffset.applyAsLong(rows.partition())) {
            building
                .computeIfAbsent(rows.partition(), p -> new Building())
                .add(rows.offset(), rows.ingestedAt());
          }
        }
        building.forEach(
            (p, run) -> found.computeIfAbsent(p, x -> new ArrayList<>()).addAll(run.finish()));
      }
    }
  }

  /** Runs of one partition that are being found. */
  private static final class Building {
    private final List<Run> runs = new ArrayList<>();
    private long first;
    private long last = -1;
    private long minTime;
    private long maxTime;

    void add(long offset, long time) {
      if (last < 0 || offset != last + 1) {
        close();
        first = offset;
        minTime = Long.MAX_VALUE;
        maxTime = Long.MIN_VALUE;
      }
      last = offset;
      minTime = Math.min(minTime, time);
      maxTime = time == UNKNOWN ? Long.MAX_VALUE : Math.max(maxTime, time);
    }

    private void close() {
      if (last >= 0) {
        runs.add(new Run(first, last, minTime, maxTime));
      }
    }

    List<Run> finish() {
      close();
      return runs;
    }
  }
}
