package io.plumbline.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code backfill}: the product's training table against the same table from SQL in DuckDB. */
@Command(
    name = "backfill",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Times a training table of ten features, made by Plumbline and by DuckDB from the same Parquet,",
      "and checks that the tables are equal. Ours is timed as a whole process, DuckDB's is the",
      "statement alone: reading Parquet, answering, writing Parquet."
    })
final class BackfillBench implements Callable<Integer> {

  /** Who takes part. */
  private enum Contestant {
    OURS,
    DUCKDB,
    RANGE
  }

  private static final Path ROOT = Path.of(System.getProperty("plumbline.bench.root", "."));
  private static final OurRun.Memory LITTLE_MEMORY = new OurRun.Memory("512m", "64m");
  private static final String DUCKDB_HEAP = "-Xmx128m";

  @Option(names = "--quick", description = "the smaller size only, one run")
  private boolean quick;

  @Option(names = "--events", description = "a size of your own, with the next two")
  private Long events;

  @Option(names = "--observations", description = "a tenth of the events if not given")
  private Integer observations;

  @Option(names = "--keys", description = "a fiftieth of the events if not given")
  private Integer keys;

  @Option(
      names = "--only",
      description = "${COMPLETION-CANDIDATES}; several with commas",
      split = ",")
  private Set<Contestant> only = EnumSet.allOf(Contestant.class);

  @Option(
      names = "--runs",
      defaultValue = "3",
      description = "medians of so many (${DEFAULT-VALUE}); the range join and little memory: one")
  private int runs;

  @Option(names = "--threads", defaultValue = "2", description = "of each (${DEFAULT-VALUE})")
  private int threads;

  @Option(names = "--heap", defaultValue = "2g", description = "of Plumbline (${DEFAULT-VALUE})")
  private String heap;

  @Option(
      names = "--managed-memory",
      defaultValue = "512m",
      description = "of Plumbline (${DEFAULT-VALUE})")
  private String managedMemory;

  @Option(
      names = "--launcher",
      description = "scripts/plumbline of another checkout; this one's if not given")
  private Path launcher;

  @Option(
      names = "--profile",
      description = "also say where Plumbline's time goes, from a run more")
  private boolean profile;

  @Option(names = "--report", description = "file that takes what is printed, as Markdown")
  private Path report;

  @Option(
      names = "--work",
      description = "folder that keeps data; bench/target/backfill if not given")
  private Path work;

  private final StringBuilder printed = new StringBuilder();

  @Override
  public Integer call() throws IOException, SQLException {
    if (work == null) {
      work = ROOT.resolve("bench/target/backfill");
    }
    work = Files.createDirectories(work).toRealPath();
    if (quick) {
      runs = 1;
    }
    print(
        String.format(
            "Backfill on %d processors, %d threads each; load before the start %.1f.%n",
            Runtime.getRuntime().availableProcessors(),
            threads,
            ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage()));
    try {
      compareAll();
      if (profile) {
        profile(Workload.EMPTY);
        for (Workload workload : workloads()) {
          profile(workload);
        }
      }
    } finally {
      if (report != null) {
        Files.writeString(report, printed);
      }
    }
    return 0;
  }

  private void compareAll() throws IOException, SQLException {
    Measurements start = new Measurements(Workload.EMPTY);
    List<Measurements> sizes = new ArrayList<>();
    if (only.contains(Contestant.OURS)) {
      WorkloadWriter.Data data = WorkloadWriter.provide(Workload.EMPTY, work);
      for (int run = 0; run < runs; run++) {
        ours(start, data, Subject.OURS, FeatureChoice.TEN, memory());
      }
    }
    for (Workload workload : workloads()) {
      sizes.add(compare(workload));
    }
    print(BackfillReport.of(start, sizes));
  }

  private List<Workload> workloads() {
    if (events != null) {
      return List.of(
          new Workload(
              events,
              observations != null ? observations : (int) (events / 10),
              keys != null ? keys : (int) (events / 50)));
    }
    return quick ? List.of(Workload.SMALL) : List.of(Workload.SMALL, Workload.LARGE);
  }

  private OurRun.Memory memory() {
    return new OurRun.Memory(heap, managedMemory);
  }

  private OurRun product() {
    return new OurRun(launcher != null ? launcher : ROOT.resolve("scripts/plumbline"), threads);
  }

  private static String benchClassPath() {
    return System.getProperty("java.class.path");
  }

  /** Runs everyone in turn, so that what else the machine does meets all alike. */
  private Measurements compare(Workload workload) throws IOException, SQLException {
    WorkloadWriter.Data data = WorkloadWriter.provide(workload, work);
    Measurements measured = new Measurements(workload);
    for (int run = 0; run < runs; run++) {
      List<String> tables = new ArrayList<>();
      if (only.contains(Contestant.OURS)) {
        tables.add(ours(measured, data, Subject.OURS, FeatureChoice.TEN, memory()));
        ours(measured, data, Subject.OURS_HOUR, FeatureChoice.HOUR, memory());
        ours(measured, data, Subject.OURS_MONTH, FeatureChoice.MONTH, memory());
      }
      if (only.contains(Contestant.DUCKDB)) {
        tables.add(theirs(measured, data, Subject.DUCKDB_FRAMES, DuckDbQueries.FRAMES));
        tables.add(theirs(measured, data, Subject.DUCKDB_ASOF, DuckDbQueries.ASOF_JOINS));
      }
      if (run == 0) {
        tables.addAll(runOnce(measured, data));
      }
      for (String table : tables.subList(Math.min(1, tables.size()), tables.size())) {
        TableCheck.requireEqual(tables.get(0), table);
      }
    }
    return measured;
  }

  private List<String> runOnce(Measurements measured, WorkloadWriter.Data data) throws IOException {
    List<String> tables = new ArrayList<>();
    if (only.contains(Contestant.OURS)) {
      tables.add(
          ours(measured, data, Subject.OURS_IN_LITTLE_MEMORY, FeatureChoice.TEN, LITTLE_MEMORY));
    }
    if (only.contains(Contestant.RANGE)) {
      tables.add(theirs(measured, data, Subject.DUCKDB_RANGE_JOIN, DuckDbQueries.RANGE_JOIN));
    }
    return tables;
  }

  private String ours(
      Measurements measured,
      WorkloadWriter.Data data,
      Subject subject,
      FeatureChoice features,
      OurRun.Memory memory)
      throws IOException {
    OurRun.Result result =
        product()
            .backfill(
                features.write(work.resolve("defs")),
                data,
                work.resolve("out").resolve(subject.file()),
                memory,
                List.of());
    measured.add(subject, result.outcome());
    progress(measured, subject, result.outcome());
    return result.table() + "/*.parquet";
  }

  private String theirs(
      Measurements measured, WorkloadWriter.Data data, Subject subject, DuckDbQueries query)
      throws IOException {
    Path folder = Files.createDirectories(work.resolve("out"));
    Path table = folder.resolve(subject.file() + ".parquet");
    Path sql =
        Files.writeString(folder.resolve(subject.file() + ".sql"), query.statement(data, table));
    ChildProcess.Outcome process =
        ChildProcess.java(
            benchClassPath(),
            List.of(DUCKDB_HEAP),
            DuckDbRun.class.getName(),
            List.of(sql.toString(), Integer.toString(threads), folder.resolve("spill").toString()),
            folder.resolve(subject.file() + ".log"));
    double seconds = Double.parseDouble(process.output().strip());
    ChildProcess.Outcome outcome =
        new ChildProcess.Outcome(
            seconds, process.cpuSeconds(), process.peakBytes(), process.output());
    measured.add(subject, outcome);
    progress(measured, subject, outcome);
    return table.toString();
  }

  private void profile(Workload workload) throws IOException {
    Path recording = work.resolve("recording.jfr");
    product()
        .backfill(
            FeatureChoice.TEN.write(work.resolve("defs")),
            WorkloadWriter.provide(workload, work),
            work.resolve("out").resolve("profiled"),
            memory(),
            List.of("-XX:StartFlightRecording=settings=profile,filename=" + recording));
    print(
        String.format(
            "%n### Where Plumbline's time goes: %s%n%n%s",
            workload.label(), Profile.read(recording).markdown()));
  }

  private static void progress(
      Measurements measured, Subject subject, ChildProcess.Outcome outcome) {
    System.err.printf(
        "%s: %s: %.1f s, %.1f s of processors, %,d MB%n",
        measured.workload().label(),
        subject.label(),
        outcome.seconds(),
        outcome.cpuSeconds(),
        outcome.peakBytes() >> 20);
  }

  private void print(String text) {
    System.out.print(text);
    System.out.flush();
    printed.append(text);
  }
}
