package io.plumbline.bench.savepoints;

import io.plumbline.bench.ChildProcess;
import io.plumbline.bench.Workload;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.LongToDoubleFunction;

/**
 * What a comparison of bootstrap and replay gave.
 *
 * @param served when a live job from the savepoint had written every key
 * @param compared values that were found equal to a training table's
 */
record BootstrapReport(
    Workload workload,
    int parallelism,
    String heap,
    Made made,
    Replayed replayed,
    StreamRun.Seen served,
    long compared) {

  /**
   * A savepoint.
   *
   * @param runs that made it
   * @param records that were read
   * @param keys that it has state of
   * @param bytes of all of its files
   */
  record Made(List<ChildProcess.Outcome> runs, long records, long keys, long bytes) {
    /** The run of middle length. */
    ChildProcess.Outcome middle() {
      return runs.stream()
          .sorted(Comparator.comparingDouble(ChildProcess.Outcome::seconds))
          .toList()
          .get(runs.size() / 2);
    }
  }

  /**
   * A replay of the log.
   *
   * @param perSecond events a second, once warm
   * @param measuredSeconds that this was measured for
   * @param measuredEvents that were read in them
   * @param whole whether it read all
   * @param seconds from the start of its process until all is in Redis; reckoned from the rate if
   *     it did not read all
   * @param cpu processor time, likewise
   */
  record Replayed(
      double perSecond,
      double measuredSeconds,
      double measuredEvents,
      boolean whole,
      double seconds,
      StreamRun.Cpu cpu) {

    static Replayed of(
        StreamRun.Seen from,
        StreamRun.Seen to,
        LongToDoubleFunction before,
        boolean whole,
        long records) {
      double read = before.applyAsDouble(to.written());
      double events = read - before.applyAsDouble(from.written());
      double seconds = to.seconds() - from.seconds();
      if (!whole && !(events > 0)) {
        throw new IllegalStateException(
            "the replay got nowhere in the time that was measured; give it more --minutes");
      }
      double rest = whole ? 0 : records - read;
      return new Replayed(
          events / seconds,
          seconds,
          events,
          whole,
          to.seconds() + rest * seconds / events,
          to.cpu().plus(to.cpu().minus(from.cpu()), rest / events));
    }
  }

  String markdown() {
    StringBuilder out = new StringBuilder();
    line(
        out,
        "%,d purchases of %,d keys, ten features; %d tasks side by side, heap %s, RocksDB; times"
            + " from the start of a process. Bootstrap: %s.",
        made.records,
        made.keys,
        parallelism,
        heap,
        made.runs.size() == 1 ? "one run" : "the middle one of " + made.runs.size() + " runs");
    line(out, "");
    line(
        out,
        "| until the state is complete | wall s | events/s | processor s of the job | of Redis"
            + " | of the broker | bootstrap is so many times faster | uses so many times less |");
    line(out, "|---|---:|---:|---:|---:|---:|---:|---:|");
    ChildProcess.Outcome bootstrap = made.middle();
    double start = served.seconds();
    row(out, "bootstrap", bootstrap.seconds(), new StreamRun.Cpu(bootstrap.cpuSeconds(), 0, 0));
    row(
        out,
        "bootstrap, and `stream --from` until every key is in Redis",
        bootstrap.seconds() + start,
        served.cpu().plus(new StreamRun.Cpu(bootstrap.cpuSeconds(), 0, 0), 1));
    row(
        out,
        "replay by `stream`, which writes to Redis as it reads" + (replayed.whole ? "" : "*"),
        replayed.seconds,
        replayed.cpu);
    line(out, "");
    if (!replayed.whole) {
      line(
          out,
          "\\* Reckoned: %,.0f events in %.0f s, once warm, which is %,.0f a second; the rest at that"
              + " rate.",
          replayed.measuredEvents,
          replayed.measuredSeconds,
          replayed.perSecond);
      line(out, "");
    }
    line(
        out,
        "- Savepoint: %,.1f MB, %,.0f bytes for a key",
        made.bytes / 1e6,
        (double) made.bytes / made.keys);
    line(out, "- `stream --from` it: every key in Redis %.1f s after its start", start);
    line(out, "- %,d values of both live jobs equal those of a training table", compared);
    return out.toString();
  }

  private void row(StringBuilder out, String label, double seconds, StreamRun.Cpu cpu) {
    line(
        out,
        "| %s | %,.1f | %,.0f | %,.1f | %,.1f | %,.1f | %.1f | %.1f |",
        label,
        seconds,
        made.records / seconds,
        cpu.job(),
        cpu.redis(),
        cpu.broker(),
        replayed.seconds / seconds,
        replayed.cpu.job() / cpu.job());
  }

  private static void line(StringBuilder out, String format, Object... arguments) {
    out.append(String.format(Locale.ROOT, format, arguments)).append('\n');
  }
}
