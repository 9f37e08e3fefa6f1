package io.plumbline.jobs.observations;

/** What a column of the observations holds, as its profile sees it. */
public enum ColumnType {
  LONG,
  DOUBLE,
  BOOLEAN,
  STRING,
  /** A moment; profiled as epoch milliseconds. */
  TIMESTAMP,
  /** Nested values, bytes and whatever else is carried along as it is. */
  OTHER
}
