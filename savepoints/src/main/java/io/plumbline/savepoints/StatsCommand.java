package io.plumbline.savepoints;

import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code savepoint stats}: how much state there is, and where. */
@Command(
    name = "stats",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Says how much state each operator keeps, of how many keys; of timelines, how many tiles",
      "and sessions each group of features needs, and which keys are largest. Reads all of it."
    },
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {"0:done", "2:the savepoint cannot be read"})
final class StatsCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Option(names = "--path", required = true, description = "folder of a savepoint or a checkpoint")
  private Path path;

  @Option(names = "--json", description = "as JSON")
  private boolean json;

  @Override
  public void run() {
    try (Savepoint savepoint = Savepoint.open(path)) {
      Stats stats = Stats.of(savepoint);
      if (json) {
        Json.print(stats.json(), spec.commandLine().getOut());
      } else {
        stats.print(spec.commandLine().getOut());
      }
    }
  }
}
