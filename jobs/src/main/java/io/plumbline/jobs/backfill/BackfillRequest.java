package io.plumbline.jobs.backfill;

import io.plumbline.jobs.table.TableFormat;
import io.plumbline.time.Knowledge;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What training table to make.
 *
 * @param definitions folder of definitions
 * @param service whose features; empty for all
 * @param lake folder of the lake
 * @param observations file of observations
 * @param timestampColumn of the observations
 * @param out folder of tables
 * @param name of the table
 * @param snapshot name of the snapshot; empty for the time
 * @param knowledge when events count as known
 * @param scope which of the lake's partitions are read
 * @param completeness whether the lake must be complete up to the last observation
 * @param format of the part files
 */
public record BackfillRequest(
    Path definitions,
    Optional<String> service,
    Path lake,
    Path observations,
    String timestampColumn,
    Path out,
    String name,
    Optional<String> snapshot,
    Knowledge knowledge,
    Scope scope,
    Required completeness,
    TableFormat format) {

  /** Which of the lake's partitions are read. */
  public enum Scope {
    /** Those that can matter to the observations. */
    NEEDED,
    /** All, also malformed records of unknown time: rejections are then counted over all. */
    ALL
  }

  /** Whether the lake must be complete up to the last observation. */
  public enum Required {
    COMPLETE,
    WHATEVER_IS_THERE
  }
}
