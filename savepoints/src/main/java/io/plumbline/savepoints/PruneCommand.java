package io.plumbline.savepoints;

import io.plumbline.UserError;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code savepoint prune}: deletes old savepoints. */
@Command(
    name = "prune",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Lists the savepoints of each job but its newest ones; with --yes, deletes them and their",
      "records. A job's newest savepoint always stays, and so does what a rollback goes to, or"
          + " went",
      "to last."
    })
final class PruneCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Option(names = "--catalog", required = true, description = "folder of the catalog")
  private Path catalog;

  @Option(names = "--keep", required = true, description = "how many of each job's stay; 1 or more")
  private int keep;

  @Option(names = "--yes", description = "delete them")
  private boolean yes;

  @Override
  public void run() {
    if (keep < 1) {
      throw UserError.wrongCall("--keep is " + keep + "; write 1 or more: the newest always stays");
    }
    Catalog records = new Catalog(catalog, spec.commandLine().getErr()::println);
    List<CatalogRecord> old = records.old(keep);
    if (yes) {
      CatalogLock lock = CatalogLock.take(catalog);
      try {
        old = records.old(keep); // a rollback may have begun meanwhile
        print(old);
        old.forEach(records::delete);
      } finally {
        lock.close();
      }
      spec.commandLine().getOut().printf("%,d deleted%n", old.size());
    } else {
      print(old);
      if (!old.isEmpty()) {
        spec.commandLine().getOut().println("nothing is deleted yet; with --yes, these are");
      }
    }
    spec.commandLine().getOut().flush();
  }

  private void print(List<CatalogRecord> old) {
    PrintWriter out = spec.commandLine().getOut();
    if (old.isEmpty()) {
      out.println("nothing to delete");
    } else {
      ListCommand.print(old, out);
    }
  }
}
