package io.plumbline.savepoints.rollback;

import io.plumbline.savepoints.CatalogRecord;
import io.plumbline.savepoints.Table;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Map;

/** What a rollback came to, and how long each step took. */
final class Report {
  private static final Map<Step, String> WORDS =
      Map.of(
          Step.STOPPED, "old job stopped",
          Step.FENCED, "older generations shut out",
          Step.SUBMITTED, "release handed over",
          Step.RUNNING, "its tasks run",
          Step.FIRST_VALUE, "first value of it served",
          Step.REWRITTEN, "all its keys served",
          Step.CAUGHT_UP, "as far as the old job was",
          Step.DONE, "nothing older left");

  private Report() {}

  static void print(Journal journal, CatalogRecord record, PrintWriter out) {
    out.printf(
        "rolled back to %s: job %s, generation %s%n",
        record.id(),
        journal.get(Rollback.STARTED).orElse("started by hand"),
        journal.get(Rollback.GENERATION).orElseThrow());
    journal.get(BadJob.KEPT).ifPresent(kept -> out.println("kept of the old job: " + kept));
    out.println(
        "keys removed that the release does not know: " + journal.get(Rollback.SWEPT).orElse("0"));
    long began = journal.when(Step.BEGUN).orElseThrow();
    long before = began;
    Table table = new Table().row("step", "took", "after");
    for (Step step : Step.values()) {
      if (step != Step.BEGUN) {
        long reached = journal.when(step).orElseThrow();
        table.row(WORDS.get(step), seconds(reached - before), seconds(reached - began));
        before = reached;
      }
    }
    table.print(out);
    out.flush();
  }

  private static String seconds(long millis) {
    return String.format(Locale.ROOT, "%.2f s", millis / 1000.0);
  }
}
