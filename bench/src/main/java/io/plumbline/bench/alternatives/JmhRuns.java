package io.plumbline.bench.alternatives;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs JMH benchmarks, each in a JVM of its own. */
final class JmhRuns {
  /** How long. */
  enum Length {
    QUICK(3, 5, 150),
    USUAL(4, 12, 250);

    private final int warmups;
    private final int measured;
    private final int iterationMs;

    Length(int warmups, int measured, int iterationMs) {
      this.warmups = warmups;
      this.measured = measured;
      this.iterationMs = iterationMs;
    }
  }

  private static final String ALLOCATED = "gc.alloc.rate.norm";

  private final Length length;

  JmhRuns(Length length) {
    this.length = length;
  }

  Length length() {
    return length;
  }

  /**
   * Runs a benchmark with every combination of parameters.
   *
   * @param parameters that do not take all their values
   * @throws IllegalStateException if one fails
   */
  Collection<RunResult> run(Class<?> benchmark, Map<String, List<? extends Enum<?>>> parameters) {
    OptionsBuilder options = new OptionsBuilder();
    options
        .include(benchmark.getName() + "\\.")
        .forks(1)
        .warmupIterations(length.warmups)
        .measurementIterations(length.measured)
        .warmupTime(TimeValue.milliseconds(length.iterationMs))
        .measurementTime(TimeValue.milliseconds(length.iterationMs))
        .addProfiler(GCProfiler.class)
        .shouldFailOnError(true)
        .verbosity(VerboseMode.SILENT);
    parameters.forEach(
        (name, values) ->
            options.param(name, values.stream().map(Enum::name).toArray(String[]::new)));
    try {
      return new Runner(options.build()).run();
    } catch (RunnerException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The result of these parameters' values. */
  static RunResult find(Collection<RunResult> results, Map<String, ? extends Enum<?>> parameters) {
    return results.stream()
        .filter(
            result ->
                parameters.entrySet().stream()
                    .allMatch(
                        p -> p.getValue().name().equals(result.getParams().getParam(p.getKey()))))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no result of " + parameters));
  }

  /**
   * Nanoseconds as a table's cell: the median of the iterations and their median distance from it.
   * What else the machine does disturbs these least.
   */
  static String time(RunResult result) {
    double[] times =
        result.getBenchmarkResults().stream()
            .flatMap(fork -> fork.getIterationResults().stream())
            .mapToDouble(iteration -> iteration.getPrimaryResult().getScore())
            .toArray();
    double median = median(times);
    double distance = median(Arrays.stream(times).map(t -> Math.abs(t - median)).toArray());
    return String.format(Locale.ROOT, "%,.0f ± %,.0f", median, distance);
  }

  private static double median(double[] values) {
    double[] sorted = Arrays.stream(values).sorted().toArray();
    return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
  }

  /** Bytes allocated, as a table's cell. */
  static String allocated(RunResult result) {
    return String.format(
        Locale.ROOT, "%,.0f", result.getSecondaryResults().get(ALLOCATED).getScore());
  }
}
