package io.plumbline.savepoints.bootstrap;

import io.plumbline.UserError;
import io.plumbline.jobs.app.FlinkOptions;
import io.plumbline.jobs.app.JobOptions;
import io.plumbline.jobs.stream.Bootstrapped;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
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
      required = true,
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

  @Mixin private FlinkOptions flink;

  @Override
  public Integer call() {
    BootstrapRequest request =
        new BootstrapRequest(
            definitions,
            lake,
            until(),
            out,
            acceptHoles ? BootstrapRequest.Holes.ACCEPTED : BootstrapRequest.Holes.REFUSED);
    long started = System.nanoTime();
    Bootstrapped made = Bootstrap.run(request, flink.environment(), JobOptions.MAX_PARALLELISM);
    PrintWriter terminal = spec.commandLine().getOut();
    terminal.printf(
        "%s: everything up to %s, in %.1f s%n",
        request.out(), Instant.ofEpochMilli(made.untilMs()), (System.nanoTime() - started) / 1e9);
    made.cuts()
        .forEach(
            (source, cut) ->
                terminal.printf(
                    "  %s: %,d records, rejected %s; topic %s goes on at %s%n",
                    source, cut.records(), cut.rejected(), cut.topic(), cut.offsets()));
    made.keys().forEach((entity, keys) -> terminal.printf("  %s: %,d keys%n", entity, keys));
    terminal.println("go on with stream --from " + request.out());
    terminal.flush();
    return 0;
  }

  private long until() {
    try {
      return Instant.parse(until).toEpochMilli();
    } catch (DateTimeParseException | ArithmeticException e) {
      throw UserError.wrongCall("--until " + until + ": write a time such as 2026-05-01T10:00:00Z");
    }
  }
}
