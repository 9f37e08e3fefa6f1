package io.plumbline.jobs.importing;

import java.util.Map;

/**
 * What an import did.
 *
 * @param rows read
 * @param malformed of them, by reason, in the order of first sight
 * @param files published in the lake
 * @param outcome whether they were
 */
public record ImportSummary(long rows, Map<String, Long> malformed, int files, Outcome outcome) {

  /** Whether readers of the lake see the import. */
  public enum Outcome {
    PUBLISHED,
    REFUSED
  }

  public long malformedRows() {
    return malformed.values().stream().mapToLong(Long::longValue).sum();
  }
}
