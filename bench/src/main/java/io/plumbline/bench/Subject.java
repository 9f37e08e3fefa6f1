package io.plumbline.bench;

import java.util.Locale;

/** What a comparison times. */
enum Subject {
  OURS("Plumbline"),
  OURS_IN_LITTLE_MEMORY("Plumbline, -Xmx512m --managed-memory 64m"),
  OURS_HOUR("Plumbline, four features of 1h/5m"),
  OURS_MONTH("Plumbline, four features of 30d/5m"),
  DUCKDB_FRAMES("DuckDB, window frames"),
  DUCKDB_ASOF("DuckDB, ASOF joins"),
  DUCKDB_RANGE_JOIN("DuckDB, range join");

  private final String label;

  Subject(String label) {
    this.label = label;
  }

  String label() {
    return label;
  }

  String file() {
    return name().toLowerCase(Locale.ROOT);
  }
}
