package io.plumbline.savepoints.bootstrap;

import io.plumbline.jobs.app.Verbs;
import java.util.List;

/** Adds {@code bootstrap} to the command line. */
public final class BootstrapVerbs implements Verbs {
  @Override
  public List<Object> commands() {
    return List.of(new BootstrapCommand());
  }
}
