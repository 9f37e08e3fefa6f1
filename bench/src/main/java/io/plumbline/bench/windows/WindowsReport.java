package io.plumbline.bench.windows;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Writes what was measured as Markdown. */
final class WindowsReport {
  private static final double MEGABYTE = 1 << 20;

  /** A run and what it gave. */
  record Row(Trials.Named run, TrialResult result) {}

  private WindowsReport() {}

  /**
   * A table of runs that are compared with the first.
   *
   * @param heading of it
   */
  static String compared(String heading, List<Row> rows) {
    StringBuilder text = new StringBuilder("\n### " + heading + "\n\n");
    line(
        text,
        "| | events | days | events/s | rows | state MB | bytes/key | reads, writes of state per event |"
            + " first row's rate / its |");
    line(text, "|---|---:|---:|---:|---:|---:|---:|---:|---:|");
    double first = rows.get(0).result.perSecond();
    for (Row row : rows) {
      TrialResult r = row.result;
      line(
          text,
          "| %s | %,d | %.2f | %,.0f%s | %,d | %,.1f | %,d | %s | %.2f |",
          row.run.label(),
          r.events(),
          r.days(),
          r.perSecond(),
          r.full() ? "" : "*",
          r.rows(),
          r.stateBytes() / MEGABYTE,
          r.stateBytes() / row.run.trial().stream().keys(),
          stateUse(row),
          first / r.perSecond());
    }
    return text.toString();
  }

  /** On the heap objects are the state: nothing is read or written. */
  private static String stateUse(Row row) {
    Trial trial = row.run.trial();
    if (!trial.job().isOurs() || trial.backend() == Trial.Backend.HASHMAP) {
      return "";
    }
    double events = row.result.events();
    TrialResult.Kept kept = row.result.kept();
    return String.format(Locale.ROOT, "%.2f, %.2f", kept.reads() / events, kept.writes() / events);
  }

  /** A table of ours over windows of other lengths, with what is kept. */
  static String reach(String heading, List<Row> rows) {
    StringBuilder text = new StringBuilder("\n### " + heading + "\n\n");
    line(text, "| | events | days | events/s | rows | state MB | bytes/key | tiles/key |");
    line(text, "|---|---:|---:|---:|---:|---:|---:|---:|");
    for (Row row : rows) {
      TrialResult r = row.result;
      int keys = row.run.trial().stream().keys();
      line(
          text,
          "| %s | %,d | %.1f | %,.0f%s | %,d | %,.1f | %,d | %s |",
          row.run.label(),
          r.events(),
          r.days(),
          r.perSecond(),
          r.full() ? "" : "*",
          r.rows(),
          r.stateBytes() / MEGABYTE,
          r.stateBytes() / keys,
          row.run.trial().job().isOurs()
              ? String.format(Locale.ROOT, "%,d", r.kept().tiles() / keys)
              : "");
    }
    return text.toString();
  }

  private static void line(StringBuilder text, String format, Object... arguments) {
    text.append(String.format(Locale.ROOT, format, arguments)).append('\n');
  }

  /** Rates against window lengths. */
  static String rates(List<Row> rows) {
    Chart chart = new Chart("Events a second by length of the window, slide 5 minutes");
    lines(rows).forEach((who, of) -> chart.line(who, hours(of), rate(of)));
    return chart.svg("window", "events/s");
  }

  /** State against window lengths. */
  static String states(List<Row> rows) {
    Chart chart = new Chart("Bytes of state for a key by length of the window, slide 5 minutes");
    lines(rows).forEach((who, of) -> chart.line(who, hours(of), bytes(of)));
    return chart.svg("window", "bytes");
  }

  private static Map<String, List<Row>> lines(List<Row> rows) {
    Map<String, List<Row>> lines = new LinkedHashMap<>();
    for (Row row : rows) {
      Trial trial = row.run.trial();
      String name = trial.job().label() + ", " + trial.backend().flinkName();
      lines.computeIfAbsent(name, n -> new ArrayList<>()).add(row);
    }
    return lines;
  }

  private static double[] hours(List<Row> rows) {
    return rows.stream()
        .mapToDouble(r -> (double) r.run.trial().size().toMillis() / Duration.ofHours(1).toMillis())
        .toArray();
  }

  private static double[] rate(List<Row> rows) {
    return rows.stream().mapToDouble(r -> r.result.perSecond()).toArray();
  }

  private static double[] bytes(List<Row> rows) {
    return rows.stream()
        .mapToDouble(r -> (double) r.result.stateBytes() / r.run.trial().stream().keys())
        .toArray();
  }
}
