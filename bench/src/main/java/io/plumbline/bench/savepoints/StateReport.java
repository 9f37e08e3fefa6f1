package io.plumbline.bench.savepoints;

import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Writes down sizes of state. */
final class StateReport {
  private static final List<String> ENTITIES = List.of(PaymentSet.USER, PaymentSet.MERCHANT);
  private static final String IDS = "first copies";

  private StateReport() {}

  /** Both sides on one backend, and how many values were found equal. */
  record Compared(String backend, StateRun.Result ours, StateRun.Result theirs, long values) {}

  /** Plumbline on one backend over a larger log. */
  record Alone(String backend, StateRun.Result ours, PaymentSource.Log log) {}

  static String markdown(PaymentSource.Log log, List<Compared> all, List<Alone> alone) {
    StringBuilder out = new StringBuilder();
    line(
        out,
        "%,d users, about %,d payments in %d days, Zipf 1.0; state of a full checkpoint after the"
            + " last one; a key is one that has a value in the end.",
        log.users(),
        log.payments(),
        log.days());
    line(out, "");
    line(
        out,
        "| | keys | Plumbline MB | bytes/key | Flink's windows MB | bytes/key | windows /"
            + " Plumbline |");
    line(out, "|---|---:|---:|---:|---:|---:|---:|");
    for (Compared c : all) {
      for (String entity : ENTITIES) {
        compared(out, c, entity);
      }
    }
    for (Alone a : alone) {
      for (String entity : ENTITIES) {
        long keys = keys(entity, a.ours, a.ours);
        long bytes = ours(entity, a.ours);
        line(
            out,
            "| %s, %s, %,d users, Plumbline alone | %,d | %.1f | %,.0f | | | |",
            entity,
            a.backend,
            a.log.users(),
            keys,
            bytes / 1e6,
            (double) bytes / keys);
      }
    }
    line(out, "");
    for (Compared c : all) {
      parts(out, c);
    }
    return out.toString();
  }

  private static void compared(StringBuilder out, Compared c, String entity) {
    long keys = keys(entity, c.ours, c.theirs);
    long ours = ours(entity, c.ours);
    long theirs = c.theirs.bytesOf(entity + " ");
    line(
        out,
        "| %s, %s | %,d | %.1f | %,.0f | %.1f | %,.0f | %.1f |",
        entity,
        c.backend,
        keys,
        ours / 1e6,
        (double) ours / keys,
        theirs / 1e6,
        (double) theirs / keys,
        (double) theirs / ours);
  }

  private static void parts(StringBuilder out, Compared c) {
    String windows =
        c.theirs.bytes().entrySet().stream()
            .filter(e -> ENTITIES.stream().anyMatch(entity -> e.getKey().startsWith(entity + " ")))
            .map(e -> String.format(Locale.ROOT, "%s %.1f", e.getKey(), e.getValue() / 1e6))
            .collect(Collectors.joining(", "));
    line(out, "- %s: operators of Flink's windows, MB: %s", c.backend, windows);
    line(
        out,
        "- %s: ids of payments, which only Plumbline looks at, are not above: %.1f MB",
        c.backend,
        c.ours.bytesOf(IDS) / 1e6);
    line(out, "- %s: %,d values are the same on both sides", c.backend, c.values);
  }

  private static long ours(String entity, StateRun.Result result) {
    return result.bytesOf("timelines of " + entity);
  }

  private static long keys(String entity, StateRun.Result a, StateRun.Result b) {
    TreeSet<String> keys = new TreeSet<>(a.values().keySet());
    keys.addAll(b.values().keySet());
    return keys.stream().filter(key -> key.startsWith(entity + " ")).count();
  }

  private static void line(StringBuilder out, String format, Object... arguments) {
    out.append(String.format(Locale.ROOT, format, arguments)).append('\n');
  }
}
