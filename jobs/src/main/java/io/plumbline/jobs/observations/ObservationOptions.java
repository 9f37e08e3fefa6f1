package io.plumbline.jobs.observations;

import java.io.Serializable;
import java.util.List;

/**
 * What is known of observations before they are read.
 *
 * @param timestampColumn says when each observation was made
 * @param keys columns that become {@link Observation#keys()}, in that order; a column may occur
 *     more than once
 * @param featureColumns names that the training table adds, which the observations must not have
 */
public record ObservationOptions(
    String timestampColumn, List<KeyColumn> keys, List<String> featureColumns)
    implements Serializable {

  /** The timestamp column of those who name none. */
  public static final String DEFAULT_TIMESTAMP_COLUMN = "at";

  public ObservationOptions {
    keys = List.copyOf(keys);
    featureColumns = List.copyOf(featureColumns);
  }
}
