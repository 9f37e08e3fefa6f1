package io.plumbline.bench.windows;

import io.plumbline.bench.ChildProcess;
import io.plumbline.bench.Document;
import io.plumbline.bench.Machine;
import io.plumbline.bench.windows.Trial.Backend;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code windows}: timelines beside Flink's own windows and SQL. */
@Command(
    name = "windows",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Runs the same stream through Plumbline's timelines, through Flink SQL and through the",
      "DataStream API's windows, each in a JVM of its own, and compares events a second and state.",
      "Before that it checks that all say the same."
    })
public final class WindowsBench implements Callable<Integer> {

  /** What is compared. */
  private enum Part {
    CHECK,
    LIVE,
    CLOSED,
    TUMBLING,
    MANY,
    REACH,
    SCALING,
    TIMELINE
  }

  private enum Backends {
    HASHMAP(List.of(Backend.HASHMAP)),
    ROCKSDB(List.of(Backend.ROCKSDB)),
    BOTH(List.of(Backend.HASHMAP, Backend.ROCKSDB));

    private final List<Backend> each;

    Backends(List<Backend> each) {
      this.each = each;
    }
  }

  /** How much; a middle one if not said. */
  private static final class Size {
    @Option(names = "--tiny", description = "a few seconds of everything: to see that it works")
    private boolean tiny;

    @Option(names = "--quick", description = "less than twenty minutes")
    private boolean quick;

    @Option(names = "--full", description = "a minute and a half for each run")
    private boolean full;

    private Trials.Scale scale() {
      return tiny
          ? Trials.Scale.TINY
          : quick ? Trials.Scale.QUICK : full ? Trials.Scale.FULL : Trials.Scale.USUAL;
    }
  }

  private static final Path ROOT = Path.of(System.getProperty("plumbline.bench.root", "."));
  private static final List<String> JVM =
      List.of(
          "-Xmx3g",
          "-Dplumbline.log=error",
          "--add-opens=java.base/java.lang=ALL-UNNAMED",
          "--add-opens=java.base/java.util=ALL-UNNAMED");
  private static final int CHECKED_EVENTS = 20_000;
  private static final int CHECKED_IF_QUICK = 3_000;

  @ArgGroup private Size size = new Size();

  @Option(
      names = "--only",
      split = ",",
      description = "${COMPLETION-CANDIDATES}; several with commas")
  private Set<Part> only = EnumSet.allOf(Part.class);

  @Option(
      names = "--backend",
      defaultValue = "both",
      description = "${COMPLETION-CANDIDATES} (${DEFAULT-VALUE}); scaling: the first of them")
  private Backends backends;

  @Option(
      names = "--disorder",
      defaultValue = "0",
      description = "events reach the log up to so many minutes late (${DEFAULT-VALUE})")
  private int disorderMinutes;

  @Option(names = "--write", description = "put the results into docs/performance.md")
  private boolean write;

  private final Path work = ROOT.resolve("bench/target/windows");

  private int runs;

  @Override
  public Integer call() throws IOException {
    Files.createDirectories(work);
    report("windows machine", Machine.describe() + "\n");
    if (only.contains(Part.CHECK)) {
      check();
    }
    Trials trials = new Trials(size.scale(), Duration.ofMinutes(disorderMinutes));
    compare(Part.LIVE, "An answer for each event", trials::live);
    compare(Part.CLOSED, "A row for each window", trials::closed);
    compare(Part.TUMBLING, "Windows that do not overlap", trials::tumbling);
    compare(Part.MANY, "Many windows at once", trials::many);
    if (only.contains(Part.REACH)) {
      reach(trials);
    }
    if (only.contains(Part.SCALING)) {
      Backend backend = backends.each.get(0);
      List<WindowsReport.Row> rows = run(trials.scaling(backend));
      report(
          "windows scaling",
          WindowsReport.compared("Plumbline alone, live, " + backend.flinkName(), rows));
    }
    if (only.contains(Part.TIMELINE)) {
      report("windows timeline", TimelineRun.run(size.tiny || size.quick));
    }
    return 0;
  }

  @FunctionalInterface
  private interface Runs {
    List<Trials.Named> on(Backend backend);
  }

  private void compare(Part part, String heading, Runs runs) throws IOException {
    if (only.contains(part)) {
      StringBuilder tables = new StringBuilder();
      for (Backend backend : backends.each) {
        tables.append(
            WindowsReport.compared(heading + ", " + backend.flinkName(), run(runs.on(backend))));
      }
      report("windows " + part.name().toLowerCase(Locale.ROOT), tables.toString());
    }
  }

  private void reach(Trials trials) throws IOException {
    StringBuilder tables = new StringBuilder();
    List<WindowsReport.Row> all = new ArrayList<>();
    for (Backend backend : backends.each) {
      List<WindowsReport.Row> rows = run(trials.reach(backend));
      all.addAll(rows);
      tables.append(WindowsReport.reach("The length of windows, " + backend.flinkName(), rows));
    }
    Path images = write ? ROOT.resolve("docs/images") : work;
    Files.createDirectories(images);
    Files.writeString(images.resolve("windows-rate.svg"), WindowsReport.rates(all));
    Files.writeString(images.resolve("windows-state.svg"), WindowsReport.states(all));
    tables.append("\n![Events a second by length of the window](images/windows-rate.svg)\n");
    tables.append("\n![State by length of the window](images/windows-state.svg)\n");
    report("windows reach", tables.toString());
  }

  /**
   * @throws IOException if a row differs
   */
  private void check() throws IOException {
    for (Backend backend : backends.each) {
      boolean few = size.tiny || size.quick;
      String events = Integer.toString(few ? CHECKED_IF_QUICK : CHECKED_EVENTS);
      ChildProcess.Outcome outcome =
          ChildProcess.java(
              System.getProperty("java.class.path"),
              JVM,
              RowCheck.class.getName(),
              List.of(events, backend.name()),
              work.resolve("check-" + backend.flinkName() + ".log"));
      System.out.print(outcome.output());
    }
  }

  private List<WindowsReport.Row> run(List<Trials.Named> trials) throws IOException {
    List<WindowsReport.Row> rows = new ArrayList<>();
    for (Trials.Named named : trials) {
      TrialResult result = run(named.trial());
      System.err.printf(
          Locale.ROOT,
          "%s, %s: %,.0f events/s, %,d events in %.1f s%n",
          named.label(),
          named.trial().backend().flinkName(),
          result.perSecond(),
          result.events(),
          result.seconds());
      rows.add(new WindowsReport.Row(named, result));
    }
    return rows;
  }

  private TrialResult run(Trial trial) throws IOException {
    Path in = work.resolve("run-" + runs + ".trial");
    Path out = work.resolve("run-" + runs + ".result");
    TrialRun.write(in, trial);
    List<String> command = new ArrayList<>(pinned(trial.parallelism()));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(JVM);
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(TrialRun.class.getName(), in.toString(), out.toString()));
    ChildProcess.run(command, Map.of(), work.resolve("run-" + runs + ".log"));
    runs++;
    return (TrialResult) TrialRun.read(out);
  }

  /** As many processors as tasks of a kind, where the system can be told. */
  private static List<String> pinned(int parallelism) {
    return Files.isExecutable(Path.of("/usr/bin/taskset"))
        ? List.of("taskset", "-c", parallelism == 1 ? "0" : "0-" + (parallelism - 1))
        : List.of();
  }

  private void report(String mark, String text) throws IOException {
    System.out.print(text);
    if (write) {
      Document.put(ROOT.resolve("docs/performance.md"), "Windows", "bench " + mark, text);
    }
  }
}
