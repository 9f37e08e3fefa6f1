package io.plumbline.jobs.app;

import java.util.List;

/**
 * Verbs that a module which builds on this one adds to the command line. It names its
 * implementation in {@code META-INF/services}, for {@link java.util.ServiceLoader}.
 */
public interface Verbs {
  /** The verbs, new ones with each call: objects that picocli knows as commands. */
  List<Object> commands();
}
