package io.plumbline.bench.alternatives;

import io.plumbline.bench.alternatives.MovingWindow.Way;
import io.plumbline.bench.alternatives.MovingWindowRun.Of;
import io.plumbline.bench.alternatives.MovingWindowRun.Order;
import io.plumbline.bench.alternatives.MovingWindowRun.Span;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.results.RunResult;

/** Compares the ways to keep a window's aggregate. */
final class MovingWindows {
  /** A scan of a long window takes long: it is compared with once in so many events. */
  private static final int SCANNED_ONCE_IN = 37;

  private MovingWindows() {}

  /**
   * Checks, measures, and gives a table.
   *
   * @throws IllegalStateException if two ways show different values
   */
  static String run(JmhRuns runs) {
    List<Span> spans =
        switch (runs.length()) {
          case QUICK -> List.of(Span.HOUR, Span.MONTH);
          case USUAL -> List.of(Span.values());
        };
    for (Of of : Of.values()) {
      for (Order order : Order.values()) {
        spans.forEach(span -> check(span, of, order));
      }
    }
    StringBuilder text = new StringBuilder("\n### Windows over tiles\n\n");
    text.append("| | events | |");
    spans.forEach(span -> text.append(" ").append(span.label).append(", ns/event |"));
    spans.forEach(span -> text.append(" ").append(span.label).append(", allocated |"));
    text.append("\n|---|---|---|").append("---:|".repeat(2 * spans.size())).append("\n");
    for (Of of : Of.values()) {
      Collection<RunResult> results =
          runs.run(
              MovingWindowBenchmark.class,
              Map.of("way", ways(of), "span", spans, "of", List.of(of)));
      for (Order order : Order.values()) {
        for (Way way : Way.values()) {
          text.append(row(results, spans, of, order, way));
        }
      }
    }
    return text.toString();
  }

  /** A maximum cannot be taken back. */
  private static List<Way> ways(Of of) {
    return switch (of) {
      case COUNT_AND_SUM -> List.of(Way.values());
      case MAX -> List.of(Way.SCAN, Way.TWO_STACKS, Way.LADDER);
    };
  }

  private static String row(
      Collection<RunResult> results, List<Span> spans, Of of, Order order, Way way) {
    StringBuilder times = new StringBuilder();
    StringBuilder bytes = new StringBuilder();
    for (Span span : spans) {
      if (ways(of).contains(way)) {
        RunResult result =
            JmhRuns.find(results, Map.of("way", way, "span", span, "of", of, "order", order));
        times.append(" ").append(JmhRuns.time(result)).append(" |");
        bytes.append(" ").append(JmhRuns.allocated(result)).append(" |");
      } else {
        times.append(" not possible |");
        bytes.append(" |");
      }
    }
    return "| " + of.label + " | " + order.label + " | " + way.label + " |" + times + bytes + "\n";
  }

  private static void check(Span span, Of of, Order order) {
    List<MovingWindowRun> contestants = new ArrayList<>();
    for (Way way : ways(of)) {
      contestants.add(new MovingWindowRun(way, span, of, order));
    }
    long events = 3 * MovingWindowRun.warmUp(span);
    for (long n = 0; n < events; n++) {
      contestants.forEach(MovingWindowRun::event);
      Object[] right = null;
      for (int i = contestants.size() - 1; i >= 0; i--) {
        if (i > 0 || span == Span.HOUR || n % SCANNED_ONCE_IN == 0) {
          Object[] values = contestants.get(i).values();
          right = right == null ? values : right;
          if (!Arrays.equals(values, right)) {
            throw new IllegalStateException(
                String.format(
                    "%s of %s, %s, event %d: %s shows %s, %s %s",
                    span.label,
                    of.label,
                    order.label,
                    n,
                    ways(of).get(i).label,
                    Arrays.toString(values),
                    ways(of).get(contestants.size() - 1).label,
                    Arrays.toString(right)));
          }
        }
      }
    }
  }
}
