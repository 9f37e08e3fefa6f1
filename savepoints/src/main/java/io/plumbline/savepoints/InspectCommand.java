package io.plumbline.savepoints;

import io.plumbline.UserError;
import io.plumbline.jobs.feature.KeyBucket;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code savepoint inspect}: what is known of one key. */
@Command(
    name = "inspect",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Shows what a savepoint knows of one key: its features, and the tiles, sessions,",
      "pending events and questions behind them."
    },
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {"0:done", "1:nothing is kept of the key", "2:the savepoint cannot be read"})
final class InspectCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(names = "--path", required = true, description = "folder of a savepoint or a checkpoint")
  private Path path;

  @Option(names = "--entity", required = true, description = "whose features")
  private String entity;

  @Option(
      names = "--key",
      required = true,
      description = "as in Redis: parts joined by |, with %% and | in them percent-encoded")
  private String key;

  @Option(
      names = "--at",
      description = "time of the features' values, ISO-8601; knowledge time unless given")
  private String at;

  @Option(names = "--json", description = "as JSON")
  private boolean json;

  @Override
  public Integer call() {
    try (Savepoint savepoint = Savepoint.open(path)) {
      Timelines timelines = savepoint.timelines(entity);
      Optional<KeyBucket.Contents> kept = timelines.find(key);
      if (kept.isEmpty()) {
        spec.commandLine().getErr().println(path + " keeps nothing of " + entity + " " + key);
        return UserError.Exit.NO.code();
      }
      Long knowledge = timelines.knowledgeTime().orElse(null);
      Inspection found =
          Inspection.of(timelines, kept.get(), time(knowledge, kept.get()), knowledge);
      if (json) {
        Json.print(found.json(), spec.commandLine().getOut());
      } else {
        found.print(spec.commandLine().getOut());
      }
      return 0;
    }
  }

  private long time(Long knowledge, KeyBucket.Contents kept) {
    if (at == null && knowledge == null && kept.asOf() == Long.MIN_VALUE) {
      throw UserError.wrongCall("knowledge time had not begun in " + path + "; name a time: --at");
    }
    if (at == null) {
      return knowledge == null ? kept.asOf() : knowledge;
    }
    long time;
    try {
      time = Instant.parse(at).toEpochMilli();
    } catch (DateTimeParseException | ArithmeticException e) {
      throw UserError.wrongCall("--at " + at + ": write a time such as 2026-05-01T10:00:00Z");
    }
    if (knowledge != null && time < knowledge) {
      throw UserError.wrongCall(
          "--at "
              + at
              + " is before the savepoint's knowledge time, "
              + Json.time(knowledge)
              + ": state does not keep what features were before it; write that time or a later"
              + " one, or take an earlier savepoint");
    }
    return time;
  }
}
