package io.plumbline.savepoints;

import io.plumbline.jobs.app.Verbs;
import java.util.List;

/** Adds {@code savepoint} to the command line. */
public final class SavepointVerbs implements Verbs {
  @Override
  public List<Object> commands() {
    return List.of(new SavepointCommand());
  }
}
