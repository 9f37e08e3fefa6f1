package io.plumbline.savepoints;

import io.plumbline.UserError;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code savepoint diff}: how two savepoints differ. */
@Command(
    name = "diff",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Compares the timelines of two savepoints: which keys only one has, and which features of",
      "a key differ at the later of their knowledge times. Reads all of both."
    },
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {"0:they are equal", "1:they differ", "2:one of them cannot be read"})
final class DiffCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "A", description = "folder of a savepoint")
  private Path a;

  @Parameters(index = "1", paramLabel = "B", description = "folder of another")
  private Path b;

  @Option(names = "--json", description = "as JSON")
  private boolean json;

  @Override
  public Integer call() {
    try (Savepoint first = Savepoint.open(a);
        Savepoint second = Savepoint.open(b)) {
      Difference difference = Difference.between(first, second);
      if (json) {
        Json.print(difference.json(), spec.commandLine().getOut());
      } else {
        difference.print(spec.commandLine().getOut());
      }
      return difference.isNone() ? 0 : UserError.Exit.NO.code();
    }
  }
}
