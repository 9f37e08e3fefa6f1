package io.plumbline.savepoints.rollback;

import io.plumbline.jobs.app.Places;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The call by which a recorded job was started, and what becomes of it when it is repeated. */
final class RecordedCall {
  /** Options that only the caller of {@code --cluster} has; Flink's own say the same there. */
  private static final Map<String, String> SETTINGS =
      Map.of(
          "--state-backend", "state.backend.type",
          "--checkpoints", "execution.checkpointing.dir",
          "--savepoints", "execution.checkpointing.savepoint-dir");

  private static final String DROP = "--drop-unknown-state";

  /**
   * Options that were of that one start: what they allowed to be lost was lost then, and is not to
   * be lost again unasked.
   */
  private static final List<String> ANEW =
      List.of("--cluster", "--from", "--defs", "--name", "--generation", "--drop");

  private static final List<String> FLAGS = List.of(DROP, "--accept-loss");

  private final List<String> arguments;

  RecordedCall(List<String> arguments) {
    this.arguments = List.copyOf(arguments);
  }

  /** The value of an option; empty if it was not given. */
  Optional<String> value(String option) {
    for (int i = 0; i < arguments.size(); i++) {
      String argument = arguments.get(i);
      if (argument.equals(option) && i + 1 < arguments.size()) {
        return Optional.of(arguments.get(i + 1));
      }
      if (argument.startsWith(option + "=")) {
        return Optional.of(argument.substring(option.length() + 1));
      }
    }
    return Optional.empty();
  }

  /**
   * The arguments for Flink's REST API, which says itself where to start from.
   *
   * @param definitions folder of those that are recorded
   * @param name of the recorded job
   */
  List<String> repeated(Path definitions, String name, long generation) {
    List<String> repeated = new ArrayList<>(arguments);
    SETTINGS.keySet().forEach(option -> remove(repeated, option));
    ANEW.forEach(option -> remove(repeated, option));
    repeated.removeAll(FLAGS);
    repeated.addAll(List.of("--defs", definitions.toString(), "--name", name));
    repeated.addAll(List.of("--generation", Long.toString(generation)));
    return repeated;
  }

  private static void remove(List<String> arguments, String option) {
    for (int i = arguments.size() - 1; i >= 0; i--) {
      if (arguments.get(i).startsWith(option + "=")) {
        arguments.remove(i);
      } else if (arguments.get(i).equals(option)) {
        arguments.subList(i, Math.min(i + 2, arguments.size())).clear();
      }
    }
  }

  /** What options said that have no say under Flink's REST API, as settings of Flink's. */
  Map<String, String> settings() {
    Map<String, String> settings = new LinkedHashMap<>();
    SETTINGS.forEach(
        (option, key) -> value(option).ifPresent(v -> settings.put(key, setting(option, v))));
    return settings;
  }

  private static String setting(String option, String value) {
    return option.equals("--state-backend") ? value : Places.url(value);
  }

  /** Whether the job may start from state that it has no use for in part. */
  boolean dropsUnknownState() {
    return arguments.contains(DROP);
  }
}
