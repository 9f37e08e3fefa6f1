package io.plumbline.jobs.table;

import io.plumbline.definition.ValueType;
import io.plumbline.jobs.observations.Observation;
import io.plumbline.jobs.observations.ObservationFile;
import io.plumbline.jobs.observations.ObservationIterator;
import io.plumbline.jobs.observations.ObservationOptions;
import io.plumbline.jobs.observations.ObservationSplit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Small tables for tests. */
final class Tables {
  static final List<FeatureColumn> FEATURES =
      List.of(
          new FeatureColumn("f_double", "f_double:v1", ValueType.DOUBLE, 0L),
          new FeatureColumn("f_long", "f_long:v2", ValueType.LONG, null),
          new FeatureColumn("f_bool", "f_bool:v1", ValueType.BOOLEAN, null),
          new FeatureColumn("f_string", "f_string:v1", ValueType.STRING, "none"),
          new FeatureColumn(
              "f_list", "f_list:v1", ValueType.listOf(ValueType.Scalar.DOUBLE), List.of()),
          new FeatureColumn(
              "f_names", "f_names:v1", ValueType.listOf(ValueType.Scalar.STRING), null));

  private Tables() {}

  static ObservationFile observations(Path folder, String... lines) throws IOException {
    Path file = Files.write(folder.resolve("observations.jsonl"), List.of(lines));
    return open(file);
  }

  static ObservationFile open(Path file) {
    return ObservationFile.open(file, new ObservationOptions("at", List.of(), List.of()));
  }

  static List<Observation> rows(ObservationFile file) {
    List<Observation> rows = new ArrayList<>();
    for (ObservationSplit split : file.splits()) {
      try (ObservationIterator observations = file.read(split)) {
        observations.forEachRemaining(rows::add);
      }
    }
    return rows;
  }

  static FinishedRow finish(Object... values) {
    Object[] finished = values.clone();
    boolean[] defaulted = new boolean[values.length];
    for (int i = 0; i < values.length; i++) {
      defaulted[i] = values[i] == null;
      finished[i] = defaulted[i] ? FEATURES.get(i).defaultValue() : values[i];
    }
    return new FinishedRow(finished, defaulted);
  }
}
