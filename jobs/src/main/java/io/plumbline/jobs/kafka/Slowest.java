package io.plumbline.jobs.kafka;

import org.apache.flink.api.connector.source.SourceEvent;

/**
 * How far the slowest partition is that has a backlog: a reader tells of its own, and is told of
 * other readers'.
 *
 * @param mark up to when it is read, epoch ms; {@link #NONE} if no partition has a backlog
 */
record Slowest(long mark) implements SourceEvent {
  private static final long serialVersionUID = 1L;

  static final long NONE = Long.MAX_VALUE;
}
