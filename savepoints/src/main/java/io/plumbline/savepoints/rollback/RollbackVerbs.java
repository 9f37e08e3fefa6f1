package io.plumbline.savepoints.rollback;

import io.plumbline.jobs.app.Verbs;
import java.util.List;

/** Adds {@code rollback} to the command line. */
public final class RollbackVerbs implements Verbs {
  @Override
  public List<Object> commands() {
    return List.of(new RollbackCommand());
  }
}
