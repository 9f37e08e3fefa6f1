package io.plumbline.jobs.feature;

/** How objects reach the operators that keep state by key. */
public enum InputOrder {
  /** One by one as they arrive; watermarks tell what has settled. */
  ARRIVAL,
  /** One bucket of keys after another, all of it before anything is done: Flink's BATCH mode. */
  BY_BUCKET
}
