package io.plumbline.savepoints.rollback;

import io.plumbline.jobs.app.JobOptions;
import io.plumbline.jobs.pipeline.Takeover;
import io.plumbline.savepoints.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The call by which a recorded job was started, and what becomes of it when it is repeated. */
final class RecordedCall {
  /** Options that only the caller of {@code --cluster} has; Flink's settings say the same. */
  private static final List<String> SET =
      List.of("--state-backend", "--checkpoints", "--savepoints");

  /**
   * Options that were of that one start: what they allowed to be lost was lost then, and is not to
   * be lost again unasked.
   */
  private static final List<String> ANEW =
      List.of("--cluster", "--from", "--defs", "--name", "--generation", "--drop");

  private static final List<String> FLAGS = List.of("--drop-unknown-state", "--accept-loss");

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
    SET.forEach(option -> remove(repeated, option));
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

  /** What was set for a job that {@code --cluster} handed over, as settings of Flink's. */
  Map<String, String> settings() {
    return new TreeMap<>(JobOptions.settings(arguments));
  }

  /**
   * The same for Flink's REST API: the job is to say of itself that it was started by this call.
   */
  Map<String, String> settingsOverRest() {
    Map<String, String> settings = settings();
    settings.put(Takeover.REPEATED.key(), Json.MAPPER.valueToTree(arguments).toString());
    return settings;
  }
}
