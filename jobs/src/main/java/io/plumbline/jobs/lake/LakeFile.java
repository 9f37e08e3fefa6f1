package io.plumbline.jobs.lake;

import io.plumbline.jobs.lake.LakeWriters.RowOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One complete file of the lake.
 *
 * @param path of it
 * @param bytes on disk
 * @param minIngestedAt of its rows, epoch milliseconds; its hour's start where the file does not
 *     say
 * @param maxIngestedAt of its rows, epoch milliseconds, inclusive
 * @param order of its rows
 * @param rowGroups rows and compressed bytes of each
 */
public record LakeFile(
    Path path,
    long bytes,
    long minIngestedAt,
    long maxIngestedAt,
    RowOrder order,
    List<RowGroup> rowGroups) {

  /** A part of a file that can be read by itself. */
  public record RowGroup(long rows, long bytes) {}

  public LakeFile {
    rowGroups = List.copyOf(rowGroups);
  }

  public long rows() {
    return rowGroups.stream().mapToLong(RowGroup::rows).sum();
  }

  /** Cuts the file into parts of at least {@code bytes}, save for the last, at row groups. */
  public List<LakeSplit> splits(long bytes) {
    List<LakeSplit> splits = new ArrayList<>();
    int first = 0;
    long size = 0;
    long rows = 0;
    for (int i = 0; i < rowGroups.size(); i++) {
      size += rowGroups.get(i).bytes();
      rows += rowGroups.get(i).rows();
      if (size >= bytes || i == rowGroups.size() - 1) {
        splits.add(new LakeSplit(path.toString(), first, i + 1 - first, rows));
        first = i + 1;
        size = 0;
        rows = 0;
      }
    }
    return splits;
  }
}
