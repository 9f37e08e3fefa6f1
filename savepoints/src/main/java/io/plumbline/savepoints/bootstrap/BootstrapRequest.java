package io.plumbline.savepoints.bootstrap;

import java.nio.file.Path;

/**
 * What a user asks for.
 *
 * @param definitions folder of definitions
 * @param lake folder of the lake
 * @param untilMs what was ingested after it is left to the log, epoch ms
 * @param out folder of the savepoint, which is not there yet
 * @param holes what to do about offsets that the lake lacks
 */
public record BootstrapRequest(Path definitions, Path lake, long untilMs, Path out, Holes holes) {
  /** What to do about offsets before the cut that the lake does not have. */
  public enum Holes {
    /** They may be records that were lost. */
    REFUSED,
    /** They are none: what transactions and compaction leave. */
    ACCEPTED
  }

  public BootstrapRequest {
    lake = lake.toAbsolutePath().normalize();
    out = out.toAbsolutePath().normalize();
  }
}
