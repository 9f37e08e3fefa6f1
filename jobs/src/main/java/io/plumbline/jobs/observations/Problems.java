package io.plumbline.jobs.observations;

import io.plumbline.UserError;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Collects what is wrong with observations, so that one message can say all of it. */
final class Problems {
  private final Path path;
  private final List<String> ofFile = new ArrayList<>();
  private final Map<String, Count> ofRows = new LinkedHashMap<>();

  private static final class Count {
    private final String first;
    private long rows;

    Count(String first) {
      this.first = first;
    }
  }

  Problems(Path path) {
    this.path = path;
  }

  void add(String problem) {
    ofFile.add(problem);
  }

  /**
   * Adds a row's problem; of each column only the first is told.
   *
   * @param place e.g. {@code line 7}
   */
  void add(String column, String place, String problem) {
    ofRows.computeIfAbsent(column, c -> new Count(place + ": " + problem)).rows++;
  }

  /** Takes back what was said about the column's rows. */
  void forget(String column) {
    ofRows.remove(column);
  }

  /**
   * @throws UserError if there is any problem
   */
  void throwIfAny() {
    if (ofFile.isEmpty() && ofRows.isEmpty()) {
      return;
    }
    List<String> all = new ArrayList<>(ofFile);
    ofRows.forEach(
        (column, count) ->
            all.add(
                "column "
                    + column
                    + ", "
                    + count.first
                    + (count.rows == 1 ? "" : " (and " + (count.rows - 1) + " more such rows)")));
    throw UserError.invalid(path + ": " + String.join("\n" + path + ": ", all));
  }

  /** Adds what column names alone show to be wrong. */
  void addColumnProblems(List<String> columns, ObservationOptions options) {
    if (!columns.contains(options.timestampColumn())) {
      add(
          "there is no timestamp column "
              + options.timestampColumn()
              + "; the columns are "
              + String.join(", ", columns)
              + "; name the one that says when each row was observed with --timestamp NAME");
    }
    for (KeyColumn key : options.keys()) {
      if (!columns.contains(key.column())) {
        add(
            "there is no column "
                + key.column()
                + ", a key of entity "
                + key.entity()
                + "; the columns are "
                + String.join(", ", columns));
      }
    }
    for (String column : columns) {
      if (options.featureColumns().contains(column)) {
        add(
            "column "
                + column
                + " has the name of a feature's column; rename it, as the training table needs both");
      }
    }
  }
}
