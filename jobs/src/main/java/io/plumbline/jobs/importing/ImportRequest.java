package io.plumbline.jobs.importing;

import io.plumbline.definition.Source;
import io.plumbline.jobs.decode.TimeText;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What to import, and how to read it.
 *
 * @param source whose history it is
 * @param inputs files, read in this order
 * @param format of all of them; empty: as their names say
 * @param lake root folder; made if it is not there
 * @param ingestedAt field that holds the ingestion time of rows without {@code _ingested_at};
 *     empty: the field that the source names, if it names one
 * @param times how times are written
 * @param malformed what to do about malformed rows
 * @param rejects file that malformed rows are written to, as JSON lines; not made without any
 */
public record ImportRequest(
    Source source,
    List<Path> inputs,
    Optional<InputFormat> format,
    Path lake,
    Optional<String> ingestedAt,
    TimeText times,
    MalformedRows malformed,
    Path rejects) {

  /** What to do about malformed rows. */
  public enum MalformedRows {
    /** Archive them as malformed and import the others. */
    SET_ASIDE,
    /** Import nothing if there is one. */
    REFUSE
  }

  public ImportRequest {
    inputs = List.copyOf(inputs);
  }
}
