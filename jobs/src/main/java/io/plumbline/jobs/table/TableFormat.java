package io.plumbline.jobs.table;

/** How the parts of a training table are written. */
public enum TableFormat {
  PARQUET("parquet"),
  JSON_LINES("jsonl");

  private final String extension;

  TableFormat(String extension) {
    this.extension = extension;
  }

  /** Of a part's file name, without the dot. */
  public String extension() {
    return extension;
  }
}
