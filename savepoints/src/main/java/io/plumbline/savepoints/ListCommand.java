package io.plumbline.savepoints;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code savepoint list}: what a catalog has. */
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Lists the savepoints of a catalog, the oldest first.")
final class ListCommand implements Runnable {
  private static final int FINGERPRINT_SHOWN = 8;

  @Spec private CommandSpec spec;

  @Option(names = "--catalog", required = true, description = "folder of the catalog")
  private Path catalog;

  @Option(names = "--json", description = "as JSON")
  private boolean json;

  @Override
  public void run() {
    PrintWriter out = spec.commandLine().getOut();
    List<CatalogRecord> records = new Catalog(catalog, spec.commandLine().getErr()::println).list();
    if (json) {
      Json.print(Json.MAPPER.valueToTree(records.stream().map(CatalogRecord::tree).toList()), out);
    } else {
      print(records, out);
    }
  }

  /** Prints records as a table. */
  static void print(List<CatalogRecord> records, PrintWriter out) {
    Table table =
        new Table().row("id", "job", "definitions", "knowledge time", "bytes", "by", "why");
    for (CatalogRecord record : records) {
      table.row(
          record.id(),
          record.job() == null ? null : record.job().name(),
          record.definitions().fingerprint().substring(0, FINGERPRINT_SHOWN),
          record.knowledgeTime(),
          record.stateBytes(),
          record.takenBy(),
          record.why());
    }
    table.print(out);
    out.flush();
  }
}
