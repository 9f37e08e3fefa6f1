package io.plumbline.jobs.redis;

import java.util.Collection;
import java.util.List;

/**
 * A server, or a cluster's masters, as they run just now.
 *
 * @param runIds of the processes: a restart has another
 */
public record Servers(Collection<String> runIds) {
  /** Copies the ids. */
  public Servers {
    runIds = List.copyOf(runIds);
  }
}
