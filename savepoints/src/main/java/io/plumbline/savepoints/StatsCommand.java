package io.plumbline.savepoints;

import java.io.PrintWriter;
import java.nio.file.Path;
import org.apache.flink.runtime.checkpoint.OperatorState;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code savepoint stats}: how much state there is, and where. */
@Command(
    name = "stats",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Says how much state each operator keeps.")
final class StatsCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Option(names = "--path", required = true, description = "folder of a savepoint")
  private Path path;

  @Override
  public void run() {
    PrintWriter out = spec.commandLine().getOut();
    for (OperatorState operator : Savepoint.open(path).operators()) {
      out.printf("%-40s %,15d bytes%n", Savepoint.nameOf(operator), operator.getStateSize());
    }
    out.flush();
  }
}
