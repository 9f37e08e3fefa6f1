package io.plumbline.savepoints.serving;

import io.plumbline.jobs.app.Verbs;
import java.util.List;

/** Adds {@code pin}, {@code unpin} and {@code serving} to the command line. */
public final class ServingVerbs implements Verbs {
  @Override
  public List<Object> commands() {
    return List.of(new PinCommand(), new UnpinCommand(), new ServingCommand());
  }
}
