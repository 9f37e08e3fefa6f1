package io.plumbline.jobs.feature;

/** How the records of a key reach its timeline. */
public enum InputOrder {
  /** As they arrive; watermarks tell what has settled. */
  ARRIVAL,
  /** One key after another, each sorted by time, equal times in no order: Flink's BATCH mode. */
  BY_KEY_AND_TIME
}
