package io.plumbline.jobs.table;

import java.io.Serializable;
import java.util.List;

/**
 * Makes the values of a table's feature columns from computed ones: puts defaults where there is no
 * value, and computes derived features.
 */
@FunctionalInterface
public interface RowFinisher extends Serializable {

  /**
   * @param computed values as in {@link TrainingRow#values()}; not changed
   */
  FinishedRow finish(Object[] computed);

  /** For tables without derived features: each computed value belongs to one column. */
  static RowFinisher ofDefaults(List<FeatureColumn> features) {
    Object[] defaults = features.stream().map(FeatureColumn::defaultValue).toArray();
    return computed -> {
      Object[] values = computed.clone();
      boolean[] defaulted = new boolean[values.length];
      for (int i = 0; i < values.length; i++) {
        if (values[i] == null) {
          values[i] = defaults[i];
          defaulted[i] = true;
        }
      }
      return new FinishedRow(values, defaulted);
    };
  }
}
