package io.plumbline.savepoints;

import io.plumbline.UserError;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code savepoint verify}: whether a job could start from a savepoint. */
@Command(
    name = "verify",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Reads all of a savepoint: whether every file is there and whole, and whether this version",
      "knows its format and definitions. Name it by --path, or by its id in a catalog."
    },
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {"0:it is whole", "1:it is not", "2:it is no savepoint of a live job"})
final class VerifyCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(index = "0", arity = "0..1", paramLabel = "ID", description = "in the catalog")
  private String id;

  @Option(names = "--catalog", description = "folder of the catalog")
  private Path catalog;

  @Option(names = "--path", description = "folder of a savepoint or a checkpoint")
  private Path path;

  @Override
  public Integer call() {
    if ((path == null) == (id == null) || (id == null) != (catalog == null)) {
      throw UserError.wrongCall("name a savepoint either by --path, or by ID and --catalog");
    }
    CatalogRecord record =
        id == null ? null : new Catalog(catalog, spec.commandLine().getErr()::println).get(id);
    Path place = record == null ? path : Path.of(record.path());
    try (Savepoint savepoint = Savepoint.openDamaged(place)) {
      Verification found = Verification.of(savepoint);
      PrintWriter out = spec.commandLine().getOut();
      boolean whole = found.problems().isEmpty();
      found.problems().forEach(out::println);
      if (whole && record != null && !isAsRecorded(savepoint, record)) {
        whole = false;
        out.println(place + " holds other definitions than the catalog says: it was replaced");
      }
      if (whole) {
        out.printf(
            "%s is whole: %,d files, timelines of %,d keys%n", place, found.files(), found.keys());
      }
      out.flush();
      return whole ? 0 : UserError.Exit.NO.code();
    }
  }

  private static boolean isAsRecorded(Savepoint savepoint, CatalogRecord record) {
    return savepoint
        .set()
        .plans()
        .definitions()
        .fingerprint()
        .equals(record.definitions().fingerprint());
  }
}
