package io.plumbline.bench.live;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What a live measurement found, as Markdown. */
final class LiveResults {
  private final StringBuilder text = new StringBuilder();
  private final Map<String, LiveRun.Step> steps = new LinkedHashMap<>();
  private final List<String> tried = new ArrayList<>();
  private final Map<String, Double> values;

  /**
   * @param values that a write of an entity has
   */
  LiveResults(Map<String, Double> values) {
    this.values = values;
  }

  /**
   * What came of a burst.
   *
   * @param offered events a second
   * @param factor of the sustained rate
   * @param base events a second before and after it
   */
  record Burst(
      double offered,
      double factor,
      double base,
      int seconds,
      double arrivedPerSecond,
      long largestBacklog,
      double worstP99Ms,
      double recoveredAfterSeconds) {

    /** One sentence, and a line's end. */
    String markdown() {
      String end =
          Double.isInfinite(recoveredAfterSeconds)
              ? "p99 was not yet below 1 s when the bench ended."
              : format("p99 was below 1 s again %.0f s after the end.", recoveredAfterSeconds);
      return format(
          "%nBurst: %.0f times the sustained rate, %,.0f/s, for %d s (%,.0f/s came through), between"
              + " times of %,.0f/s; the backlog grew to %,d records and p99 to %,.0f ms; %s%n",
          factor, offered, seconds, arrivedPerSecond, base, largestBacklog, worstP99Ms, end);
    }
  }

  void add(String name, LiveRun.Step step) {
    steps.put(name, step);
  }

  /** A rate that was offered, and what came of it. */
  void tried(LiveRun.Step step) {
    tried.add(
        format(
            "%,.0f/s: %s (backlog %,d to %,d, %,.0f/s arrived)",
            step.offered(),
            step.isHeld() ? "held" : "not held",
            step.backlogBefore(),
            step.backlogAfter(),
            step.arrived() / step.job().seconds()));
  }

  /** The results of everything that was added. */
  String markdown(Stretch drain) {
    line("| | events/s | updates/s | writes/s | values/s | updates per write |");
    line("|---|---:|---:|---:|---:|---:|");
    rates(format("a backlog, at full speed for %.0f s", drain.seconds()), drain);
    steps.forEach((name, step) -> rates(name, step.job()));
    line("");
    values.forEach((entity, mean) -> line("- %.1f values in a write of %s", mean, entity));
    tried.forEach(rate -> line("- tried: %s", rate));
    line("");
    line(
        "| freshness, ms | p50 | p99 | p99.9 | writes | probe p50 | probe p99 | probe p99.9 | probes |");
    line("|---|---:|---:|---:|---:|---:|---:|---:|---:|");
    steps.forEach(
        (name, step) ->
            line(
                "| %s | %s | %,d | %s | %,d |",
                name,
                quantiles(step.job().freshness()),
                step.job().freshness().count(),
                quantiles(step.probe()),
                step.probe().count()));
    line("");
    line("| processors busy | Flink | Redis | broker | load | all |");
    line("|---|---:|---:|---:|---:|---:|");
    steps.forEach(this::processors);
    line("");
    long missed = steps.values().stream().mapToLong(s -> s.job().growth(Sampler.MISSED)).sum();
    if (missed > 0) {
      line("%n%,d latencies were overwritten before they could be read.", missed);
    }
    return text.toString();
  }

  private void rates(String name, Stretch stretch) {
    double updates = stretch.rate(Sampler.UPDATES);
    double writes = stretch.rate(Sampler.WRITES);
    double written = 0;
    for (Map.Entry<String, Double> entity : values.entrySet()) {
      written += stretch.rate(Sampler.WRITES + entity.getKey()) * entity.getValue();
    }
    line(
        "| %s | %,.0f | %,.0f | %,.0f | %,.0f | %.2f |",
        name, stretch.rate(Sampler.RECORDS), updates, writes, written, updates / writes);
  }

  private static String quantiles(Latencies latencies) {
    return format(
        "%,.0f | %,.0f | %,.0f",
        latencies.quantile(0.5), latencies.quantile(0.99), latencies.quantile(0.999));
  }

  private void processors(String name, LiveRun.Step step) {
    double seconds = step.job().seconds();
    LiveRun.Cpu cpu = step.cpu();
    line(
        "| %s | %.2f | %.2f | %.2f | %.2f | %.2f |",
        name,
        cpu.job() / seconds,
        cpu.redis() / seconds,
        cpu.broker() / seconds,
        cpu.load() / seconds,
        (cpu.job() + cpu.redis() + cpu.broker() + cpu.load()) / seconds);
  }

  private void line(String format, Object... arguments) {
    text.append(format(format, arguments)).append('\n');
  }

  private static String format(String format, Object... arguments) {
    return String.format(Locale.ROOT, format, arguments);
  }
}
