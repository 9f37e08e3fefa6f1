package io.plumbline.savepoints;

import io.plumbline.UserError;
import io.plumbline.jobs.app.Places;
import io.plumbline.time.Durations;
import java.nio.file.Path;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code savepoint take}: lets a running job write a savepoint, and records it. */
@Command(
    name = "take",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Lets a running job write a savepoint, waits for it, and records it in a catalog with what",
      "is in it. The savepoint's folder must be reachable from here."
    },
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {"0:done", "1:the savepoint failed", "2:no such job, or no cluster there"})
final class TakeCommand implements Runnable {
  /** What REST calls the formats. */
  enum Format {
    CANONICAL,
    NATIVE
  }

  @Spec private CommandSpec spec;

  @Option(names = "--job", required = true, description = "Flink's number of the job")
  private String job;

  @Option(names = "--rest", required = true, description = "http://HOST:PORT of Flink's REST API")
  private String rest;

  @Option(names = "--catalog", required = true, description = "folder of the catalog")
  private Path catalog;

  @Option(names = "--why", required = true, description = "for those who look for it later")
  private String why;

  @Option(
      names = "--jar",
      description = "that the job runs, to be kept for rollbacks; where the job says unless given")
  private Path jar;

  @Option(
      names = "--target",
      description = "folder for the savepoint; the cluster's own for savepoints unless given")
  private Path target;

  @Option(
      names = "--format",
      defaultValue = "canonical",
      description =
          "canonical (any state backend can start from it) or native (faster for much state)")
  private Format format;

  @Option(
      names = "--timeout",
      defaultValue = "10m",
      description = "how long to wait for it (${DEFAULT-VALUE})")
  private String timeout;

  @Override
  public void run() {
    FlinkRest.checkJob(job);
    FlinkRest flink = new FlinkRest(rest);
    // All that is asked of Flink comes before: afterwards it may be gone, and the savepoint is not.
    Recording.Origin origin =
        new Recording.Origin(flink.job(job), flink.version(), flink.launch(job));
    String location =
        flink.savepoint(job, target == null ? null : Places.url(target), format.name(), patience());
    CatalogRecord record =
        new Recording(new Catalog(catalog, spec.commandLine().getErr()::println), jar)
            .record(location, origin, why);
    if (record.launch() == null || record.launch().jar() == null) {
      spec.commandLine()
          .getErr()
          .println(
              "the record has no jar, so that nobody can roll back to it: "
                  + (record.launch() == null
                      ? "the job does not say which it runs"
                      : "it is not here; name it with --jar"));
    }
    spec.commandLine().getOut().printf("%s %s%n", record.id(), record.path());
    spec.commandLine().getOut().flush();
  }

  private Duration patience() {
    try {
      return Duration.ofMillis(Durations.parse(timeout));
    } catch (IllegalArgumentException e) {
      throw UserError.wrongCall("--timeout " + timeout + ": write a duration such as 90s or 10m");
    }
  }
}
