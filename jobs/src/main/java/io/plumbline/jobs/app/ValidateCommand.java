package io.plumbline.jobs.app;

import io.plumbline.UserError;
import io.plumbline.definition.Checked;
import io.plumbline.definition.DefinitionLoader;
import io.plumbline.definition.Definitions;
import io.plumbline.definition.Problem;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Checks definitions and says everything that is wrong with them. */
@Command(
    name = "validate",
    mixinStandardHelpOptions = true,
    description = "Checks the definitions in a folder.",
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {"0:the definitions are valid", "1:they are not", "2:there is no such folder"})
public final class ValidateCommand implements Callable<Integer> {
  @Parameters(paramLabel = "DEFS", description = "folder that holds *.yaml")
  private Path folder;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    Checked checked;
    try {
      checked = DefinitionLoader.check(folder);
    } catch (UserError e) {
      err.println(e.getMessage());
      return e.exit().code();
    }
    checked.warnings().forEach(warning -> out.println("warning: " + warning));
    for (Problem problem : checked.problems()) {
      err.println(problem);
    }
    checked.definitions().ifPresent(definitions -> out.println(summary(definitions)));
    return checked.definitions().isPresent() ? 0 : UserError.Exit.NO.code();
  }

  private static String summary(Definitions definitions) {
    return "valid: "
        + count(definitions.sources().size(), "source", "sources")
        + ", "
        + count(definitions.entities().size(), "entity", "entities")
        + ", "
        + count(definitions.features().size(), "feature", "features")
        + ", "
        + count(definitions.services().size(), "service", "services")
        + "; fingerprint "
        + definitions.fingerprint();
  }

  private static String count(int n, String one, String many) {
    return n + " " + (n == 1 ? one : many);
  }
}
