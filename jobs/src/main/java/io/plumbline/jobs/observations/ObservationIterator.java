package io.plumbline.jobs.observations;

import java.util.Iterator;

/**
 * Observations one by one; to be closed. Failures to read are {@link
 * java.io.UncheckedIOException}s.
 */
public interface ObservationIterator extends Iterator<Observation>, AutoCloseable {
  @Override
  void close();
}
