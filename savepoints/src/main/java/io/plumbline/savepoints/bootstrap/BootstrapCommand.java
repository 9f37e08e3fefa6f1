package io.plumbline.savepoints.bootstrap;

import io.plumbline.UserError;
import io.plumbline.jobs.app.FlinkOptions;
import io.plumbline.jobs.app.JobOptions;
import io.plumbline.jobs.stream.Bootstrapped;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bootstrap}: a savepoint from the lake. */
@Command(
    name = "bootstrap",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Makes a savepoint of what the lake has up to a time. 'stream --from' that savepoint goes on",
      "with the log exactly where the lake was cut, and first writes every key to Redis."
    })
final class BootstrapCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(names = "--defs", required = true, description = "folder of definitions")
  private Path definitions;

  @Option(names = "--lake", required = true, description = "folder of the lake")
  private Path lake;

  @Option(
      names = "--until",
      description = "time of ingestion in ISO-8601; what came after it is left to the log")
  private String until;

  @Option(
      names = "--out",
      required = true,
      description = "folder of the savepoint, which must not be there yet")
  private Path out;

  @Option(
      names = "--accept-holes",
      description = {
        "take offsets that the lake lacks for records that never were: where the topic is",
        "compacted, or written by transactions"
      })
  private boolean acceptHoles;

  /** Of which features the history is made. */
  enum Only {
    /** Those that the savepoint lacks. */
    NEW
  }

  @Option(
      names = "--only",
      paramLabel = "new",
      description = {
        "with --from, in place of --until: makes the history of the features that the savepoint",
        "lacks, up to where it was taken, and leaves all others as they are there"
      })
  private Only only;

  @Option(names = "--from", description = "folder of a savepoint that a live job left")
  private Path from;

  @Option(
      names = "--drop",
      split = ",",
      paramLabel = "FEATURE:vN",
      description = "with --from: feature whose history is to be lost")
  private Set<String> dropped = new LinkedHashSet<>();

  @Mixin private FlinkOptions flink;

  @Override
  public Integer call() {
    if ((only == null) == (until == null) || (only == null) != (from == null)) {
      throw UserError.wrongCall("name either --until, or --only new and --from");
    }
    Bootstrap.leftovers(out)
        .forEach(
            left ->
                spec.commandLine()
                    .getErr()
                    .println(
                        left
                            + " was left by a bootstrap that did not end; unless one is running,"
                            + " delete it"));
    long started = System.nanoTime();
    Bootstrapped made = only == null ? all() : added();
    PrintWriter terminal = spec.commandLine().getOut();
    terminal.printf(
        "%s: everything up to %s, in %.1f s%n",
        out.toAbsolutePath().normalize(),
        Instant.ofEpochMilli(made.untilMs()),
        (System.nanoTime() - started) / 1e9);
    made.cuts()
        .forEach(
            (source, cut) ->
                terminal.printf(
                    "  %s: %,d records, rejected %s; topic %s goes on at %s%n",
                    source, cut.records(), cut.rejected(), cut.topic(), cut.offsets()));
    made.keys().forEach((entity, keys) -> terminal.printf("  %s: %,d keys%n", entity, keys));
    terminal.println("go on with stream --from " + out.toAbsolutePath().normalize());
    terminal.flush();
    return 0;
  }

  private Bootstrapped all() {
    return Bootstrap.run(
        new BootstrapRequest(definitions, lake, until(), out, holes()),
        flink.environment(),
        JobOptions.MAX_PARALLELISM);
  }

  private Bootstrapped added() {
    return Growth.run(
        new GrowthRequest(definitions, lake, from, out, dropped, holes()),
        flink.environment(),
        JobOptions.MAX_PARALLELISM);
  }

  private BootstrapRequest.Holes holes() {
    return acceptHoles ? BootstrapRequest.Holes.ACCEPTED : BootstrapRequest.Holes.REFUSED;
  }

  private long until() {
    try {
      return Instant.parse(until).toEpochMilli();
    } catch (DateTimeParseException | ArithmeticException e) {
      throw UserError.wrongCall("--until " + until + ": write a time such as 2026-05-01T10:00:00Z");
    }
  }
}
