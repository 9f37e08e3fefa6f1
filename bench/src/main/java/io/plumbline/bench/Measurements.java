package io.plumbline.bench;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** What each subject took over one workload, run by run. */
final class Measurements {
  private final Workload workload;
  private final Map<Subject, List<ChildProcess.Outcome>> runs = new EnumMap<>(Subject.class);

  Measurements(Workload workload) {
    this.workload = workload;
  }

  Workload workload() {
    return workload;
  }

  void add(Subject subject, ChildProcess.Outcome outcome) {
    runs.computeIfAbsent(subject, s -> new ArrayList<>()).add(outcome);
  }

  Collection<Subject> subjects() {
    return runs.keySet();
  }

  int runs(Subject subject) {
    return runs.getOrDefault(subject, List.of()).size();
  }

  /** Median wall time in seconds; empty if the subject did not run. */
  OptionalDouble seconds(Subject subject) {
    return median(subject, ChildProcess.Outcome::seconds);
  }

  /** Median processor time in seconds; empty if the subject did not run. */
  OptionalDouble cpuSeconds(Subject subject) {
    return median(subject, ChildProcess.Outcome::cpuSeconds);
  }

  /** Median of the peak of memory in bytes; empty if the subject did not run. */
  OptionalDouble peakBytes(Subject subject) {
    return median(subject, ChildProcess.Outcome::peakBytes);
  }

  /** The faster one of the good SQL formulations; empty if neither ran. */
  Optional<Subject> bestSql() {
    return Stream.of(Subject.DUCKDB_FRAMES, Subject.DUCKDB_ASOF)
        .filter(runs::containsKey)
        .min(Comparator.comparingDouble(s -> seconds(s).orElseThrow()));
  }

  private OptionalDouble median(Subject subject, ToDoubleFunction<ChildProcess.Outcome> of) {
    double[] sorted =
        runs.getOrDefault(subject, List.of()).stream().mapToDouble(of).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length == 0
        ? OptionalDouble.empty()
        : OptionalDouble.of(
            sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2);
  }
}
