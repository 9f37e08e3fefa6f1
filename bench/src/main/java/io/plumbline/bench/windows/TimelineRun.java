package io.plumbline.bench.windows;

import java.util.Collection;
import java.util.Locale;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Measures timelines without Flink. */
final class TimelineRun {
  private static final String ALLOCATED = "gc.alloc.rate.norm";

  private TimelineRun() {}

  /**
   * Runs {@link TimelineBenchmark} and gives a table.
   *
   * @throws IllegalStateException if it fails
   */
  static String run(boolean quick) {
    OptionsBuilder options = new OptionsBuilder();
    options
        .include(TimelineBenchmark.class.getName())
        .forks(quick ? 1 : 3)
        .warmupIterations(quick ? 3 : 5)
        .measurementIterations(quick ? 3 : 10)
        .warmupTime(TimeValue.seconds(1))
        .measurementTime(TimeValue.seconds(1))
        .addProfiler(GCProfiler.class)
        .verbosity(VerboseMode.SILENT);
    try {
      return table(new Runner(options.build()).run());
    } catch (RunnerException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String table(Collection<RunResult> results) {
    StringBuilder text = new StringBuilder("\n### Timelines alone\n\n");
    text.append("| features | keys | ns/event | ± | bytes/event |\n");
    text.append("|---|---:|---:|---:|---:|\n");
    for (RunResult result : results) {
      Result<?> time = result.getPrimaryResult();
      text.append(
          String.format(
              Locale.ROOT,
              "| %s | %s | %,.0f | %,.0f | %,.0f |%n",
              result.getParams().getParam("features"),
              result.getParams().getParam("keys"),
              time.getScore(),
              time.getScoreError(),
              result.getSecondaryResults().get(ALLOCATED).getScore()));
    }
    return text.toString();
  }
}
