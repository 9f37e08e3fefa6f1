package io.plumbline.bench.alternatives;

import io.plumbline.bench.alternatives.StateOfKey.Format;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.openjdk.jmh.results.RunResult;

/** Compares formats of one key's state. */
final class StateFormats {
  private StateFormats() {}

  /**
   * Checks, measures, and gives a table.
   *
   * @throws IllegalStateException if values differ by the format
   */
  static String run(JmhRuns runs) throws IOException {
    check();
    Collection<RunResult> results = runs.run(StateFormatBenchmark.class, Map.of());
    StringBuilder text = new StringBuilder("\n### Formats of one key's state\n\n");
    text.append("| | bytes | write, ns | read, ns | allocated by a write | by a read |\n");
    text.append("|---|---:|---:|---:|---:|---:|\n");
    for (Format format : Format.values()) {
      List<RunResult> ofFormat =
          results.stream()
              .filter(result -> result.getParams().getParam("format").equals(format.name()))
              .toList();
      RunResult write = method(ofFormat, "write");
      RunResult read = method(ofFormat, "read");
      text.append(
          String.format(
              Locale.ROOT,
              "| %s | %,d | %s | %s | %s | %s |%n",
              format.label,
              StateOfKey.in(format).write(),
              JmhRuns.time(write),
              JmhRuns.time(read),
              JmhRuns.allocated(write),
              JmhRuns.allocated(read)));
    }
    return text.toString();
  }

  private static RunResult method(List<RunResult> results, String name) {
    return results.stream()
        .filter(result -> result.getParams().getBenchmark().endsWith("." + name))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no result of " + name));
  }

  private static void check() throws IOException {
    Object[] right = StateOfKey.in(Format.TIMELINE).valuesWritten();
    for (Format format : Format.values()) {
      StateOfKey<?> state = StateOfKey.in(format);
      for (Object[] values : List.of(state.valuesWritten(), state.valuesRead())) {
        if (!Arrays.equals(values, right)) {
          throw new IllegalStateException(
              String.format(
                  "%s says %s, %s %s",
                  format.label,
                  Arrays.toString(values),
                  Format.TIMELINE.label,
                  Arrays.toString(right)));
        }
      }
    }
  }
}
