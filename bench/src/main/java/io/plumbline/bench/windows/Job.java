package io.plumbline.bench.windows;

import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** What is compared. */
enum Job {
  LIVE("Plumbline, live", OurJobs::live),
  CLOSED("Plumbline, closed", OurJobs::closed),
  FILLED("Plumbline, closed, a row for each slide", OurJobs::filled),
  MANY("Plumbline, 20 features over 8 windows, live", OurJobs::many),
  FEATURES("Plumbline, live", OurJobs::features),
  OVER("SQL OVER", SqlJobs::over),
  HOP("SQL HOP", SqlJobs::hop),
  WINDOWS("DataStream windows", WindowJobs::windows),
  EIGHT("DataStream, 8 window operators", WindowJobs::eight);

  private final String label;
  private final Graph graph;

  Job(String label, Graph graph) {
    this.label = label;
    this.graph = graph;
  }

  /** Adds a job to an environment, down to its {@link RowCount}. */
  @FunctionalInterface
  private interface Graph {
    void define(StreamExecutionEnvironment env, Trial trial);
  }

  String label() {
    return label;
  }

  boolean isOurs() {
    return ordinal() <= FEATURES.ordinal();
  }

  void define(StreamExecutionEnvironment env, Trial trial) {
    graph.define(env, trial);
  }
}
