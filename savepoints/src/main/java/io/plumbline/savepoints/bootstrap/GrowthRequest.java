package io.plumbline.savepoints.bootstrap;

import java.nio.file.Path;
import java.util.Set;

/**
 * What a user asks for who adds features to a job.
 *
 * @param definitions folder of the new definitions
 * @param lake folder of the lake
 * @param from folder of the savepoint that the job left
 * @param out folder of the savepoint to be made, which is not there yet
 * @param dropped ids of features whose history may be lost
 * @param holes what to do about offsets that the lake lacks
 */
public record GrowthRequest(
    Path definitions,
    Path lake,
    Path from,
    Path out,
    Set<String> dropped,
    BootstrapRequest.Holes holes) {
  /** Makes paths absolute. */
  public GrowthRequest {
    lake = lake.toAbsolutePath().normalize();
    from = from.toAbsolutePath().normalize();
    out = out.toAbsolutePath().normalize();
    dropped = Set.copyOf(dropped);
  }
}
