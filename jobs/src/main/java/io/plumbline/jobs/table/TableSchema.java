package io.plumbline.jobs.table;

import io.plumbline.jobs.observations.ObservationCodec;
import io.plumbline.jobs.observations.ObservationColumn;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The columns of a training table: the observations', in their order, then the features'.
 *
 * @param observations reads the observations' columns
 * @param features in the order of {@link FinishedRow#values()}
 */
public record TableSchema(ObservationCodec observations, List<FeatureColumn> features)
    implements Serializable {

  /**
   * @throws IllegalArgumentException if two columns have one name
   */
  public TableSchema {
    features = List.copyOf(features);
    Set<String> names = new HashSet<>();
    for (ObservationColumn column : observations.columns()) {
      names.add(column.name());
    }
    for (FeatureColumn feature : features) {
      if (!names.add(feature.name())) {
        throw new IllegalArgumentException("two columns have the name " + feature.name());
      }
    }
  }

  /** All columns' names, in order. */
  public List<String> names() {
    List<String> names = new ArrayList<>();
    observations.columns().forEach(column -> names.add(column.name()));
    features.forEach(feature -> names.add(feature.name()));
    return names;
  }
}
