package io.plumbline.savepoints;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code savepoint show}: all that a catalog knows of a savepoint. */
@Command(
    name = "show",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Prints a savepoint's record: JSON.")
final class ShowCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "ID", description = "in the catalog")
  private String id;

  @Option(names = "--catalog", required = true, description = "folder of the catalog")
  private Path catalog;

  @Override
  public void run() {
    byte[] json = new Catalog(catalog, spec.commandLine().getErr()::println).get(id).json();
    spec.commandLine().getOut().print(new String(json, StandardCharsets.UTF_8));
    spec.commandLine().getOut().flush();
  }
}
