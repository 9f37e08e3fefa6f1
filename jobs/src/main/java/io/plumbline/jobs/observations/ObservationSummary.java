package io.plumbline.jobs.observations;

import java.io.Serializable;
import java.util.List;

/**
 * What a first look at the observations tells.
 *
 * @param path as given
 * @param sha256 of the file's bytes, in hex
 * @param rows more than none
 * @param minAt earliest observation, epoch ms
 * @param maxAt latest observation, epoch ms
 * @param columns in the file's order
 */
public record ObservationSummary(
    String path, String sha256, long rows, long minAt, long maxAt, List<ObservationColumn> columns)
    implements Serializable {

  /** The columns' names, in the file's order. */
  public List<String> names() {
    return columns.stream().map(ObservationColumn::name).toList();
  }
}
