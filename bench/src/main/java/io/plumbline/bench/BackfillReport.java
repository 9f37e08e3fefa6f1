package io.plumbline.bench;

import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/** The comparison's results as Markdown. */
final class BackfillReport {
  private final StringBuilder text = new StringBuilder();

  /**
   * Makes a report.
   *
   * @param start runs over almost no data: what a run takes to start
   * @param sizes the workloads' results, smaller ones first
   */
  static String of(Measurements start, List<Measurements> sizes) {
    BackfillReport report = new BackfillReport();
    for (Measurements size : sizes) {
      report.addSize(size);
      report.addRatios(size);
    }
    start
        .seconds(Subject.OURS)
        .ifPresent(s -> report.line("Plumbline over almost no data: %.1f s.%n", s));
    report.addGrowth(start, sizes);
    return report.text.toString();
  }

  private void addSize(Measurements size) {
    line("%n### %s%n", size.workload().label());
    line("| | wall s | processor s | peak MB | events/s | runs |");
    line("|---|---:|---:|---:|---:|---:|");
    for (Subject subject : size.subjects()) {
      double seconds = size.seconds(subject).orElseThrow();
      line(
          "| %s | %.1f | %.1f | %,.0f | %,.0f | %d |",
          subject.label(),
          seconds,
          size.cpuSeconds(subject).orElseThrow(),
          size.peakBytes(subject).orElseThrow() / (1 << 20),
          size.workload().events() / seconds,
          size.runs(subject));
    }
    line("");
  }

  private void addRatios(Measurements size) {
    OptionalDouble ours = size.seconds(Subject.OURS);
    size.bestSql()
        .ifPresent(
            best -> {
              ratio("Plumbline / best SQL", ours, size.seconds(best));
              ratio(
                  "Plumbline / best SQL, processor time",
                  size.cpuSeconds(Subject.OURS),
                  size.cpuSeconds(best));
            });
    ratio("range join / Plumbline", size.seconds(Subject.DUCKDB_RANGE_JOIN), ours);
    ratio("little memory / Plumbline", size.seconds(Subject.OURS_IN_LITTLE_MEMORY), ours);
    ratio("30d/5m / 1h/5m", size.seconds(Subject.OURS_MONTH), size.seconds(Subject.OURS_HOUR));
    ratio(
        "30d/5m / 1h/5m, processor time",
        size.cpuSeconds(Subject.OURS_MONTH),
        size.cpuSeconds(Subject.OURS_HOUR));
    line("");
  }

  /** How the time for one event grows from the smallest to the largest workload. */
  private void addGrowth(Measurements start, List<Measurements> sizes) {
    if (sizes.size() < 2) {
      return;
    }
    Measurements small = sizes.get(0);
    Measurements large = sizes.get(sizes.size() - 1);
    OptionalDouble once = start.seconds(Subject.OURS);
    if (once.isPresent() && small.runs(Subject.OURS) > 0 && large.runs(Subject.OURS) > 0) {
      ratio(
          "time for an event, start taken out: largest / smallest size",
          OptionalDouble.of(perEvent(large, once.getAsDouble())),
          OptionalDouble.of(perEvent(small, once.getAsDouble())));
    }
  }

  private static double perEvent(Measurements size, double start) {
    return (size.seconds(Subject.OURS).orElseThrow() - start) / size.workload().events();
  }

  private void ratio(String label, OptionalDouble above, OptionalDouble below) {
    if (above.isPresent() && below.isPresent()) {
      line("- %s: %.2f", label, above.getAsDouble() / below.getAsDouble());
    }
  }

  private void line(String format, Object... arguments) {
    text.append(String.format(Locale.ROOT, format, arguments)).append('\n');
  }
}
