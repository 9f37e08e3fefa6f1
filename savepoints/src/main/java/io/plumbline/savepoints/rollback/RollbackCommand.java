package io.plumbline.savepoints.rollback;

import io.plumbline.UserError;
import io.plumbline.jobs.app.RedisOptions;
import io.plumbline.jobs.redis.RedisConnection;
import io.plumbline.savepoints.Catalog;
import io.plumbline.savepoints.CatalogRecord;
import io.plumbline.savepoints.FlinkRest;
import io.plumbline.time.Durations;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code rollback}: puts a recorded release in the place of a live job. */
@Command(
    name = "rollback",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Stops a live job, keeping its state in a savepoint, and starts a recorded release in its",
      "place: the recorded jar and definitions from the recorded savepoint, under the next",
      "generation. Ends when the release is as far as the stopped job was, and everything that",
      "job wrote is written over or gone. If it is interrupted, the same call goes on."
    },
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {"0:done", "1:refused, or failed; it says how far it came", "2:wrong call"})
final class RollbackCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Option(names = "--to", required = true, description = "the release: a savepoint's id")
  private String to;

  @Option(names = "--catalog", required = true, description = "folder of the catalog")
  private Path catalog;

  @Option(
      names = {"--rest", "--flink"},
      required = true,
      description = "http://HOST:PORT of Flink's REST API")
  private String rest;

  @Option(
      names = "--job",
      description =
          "Flink's number of the job to stop; the one that writes the release's entities, or has"
              + " its name")
  private String job;

  @Mixin private RedisOptions redis;

  @Option(names = "--why", defaultValue = "", description = "for those who look for it later")
  private String why;

  @Option(
      names = "--without-savepoint",
      description = "cancels the job: for one that cannot write a savepoint any more")
  private boolean withoutSavepoint;

  @Option(
      names = "--by-hand",
      description = "says what to start, and waits for it, where Flink takes no jars")
  private boolean byHand;

  @Option(
      names = "--accept-loss",
      description = "also if Kafka has deleted what came after the savepoint")
  private boolean acceptLoss;

  @Option(
      names = "--trust-savepoint",
      description = "does not read all of the savepoint first: for one that was verified before")
  private boolean trustSavepoint;

  @Option(names = "--abandon", description = "gives up another rollback that was interrupted")
  private boolean abandon;

  @Option(
      names = "--timeout",
      defaultValue = "10m",
      description = "how long each step may take (${DEFAULT-VALUE})")
  private String timeout;

  @Override
  public void run() {
    PrintWriter out = spec.commandLine().getOut();
    Catalog records = new Catalog(catalog, spec.commandLine().getErr()::println);
    CatalogRecord record = records.get(to);
    Duration patience = patience();
    FlinkRest flink = new FlinkRest(rest);
    if (job != null) {
      FlinkRest.checkJob(job);
    }
    try (Journal journal = Journal.open(catalog);
        RedisConnection connection = RedisConnection.open(redis.settings())) {
      Preflight preflight = new Preflight(record, standing(journal));
      Path jar = preflight.jar();
      preflight.redis(connection);
      List<String> entities = preflight.savepoint();
      Rollback.Places places = new Rollback.Places(records, flink, connection);
      Rollback.Request request = request(patience);
      if (goesOn(journal)) {
        out.println("going on with what began at " + journal.get("began").orElseThrow());
      } else {
        OldJobs jobs = new OldJobs(flink, record, connection, entities);
        String bad = check(preflight, jobs, flink);
        BadJob before = new BadJob(journal, record, places, request, entities, out);
        journal.begin(to, bad, journal.isBegun() ? before.leave(bad) : Map.of());
      }
      new Rollback(journal, record, places, request, entities, out).run(jar);
      Report.print(journal, record, out);
      journal.file(journal.when(Step.BEGUN).orElseThrow());
    }
  }

  private Rollback.Request request(Duration patience) {
    return new Rollback.Request(
        withoutSavepoint ? Rollback.Ending.CANCEL : Rollback.Ending.SAVEPOINT,
        byHand ? Rollback.Starter.PEOPLE : Rollback.Starter.FLINK,
        acceptLoss ? List.of("--accept-loss") : List.of(),
        why,
        patience);
  }

  private boolean goesOn(Journal journal) {
    if (!journal.isBegun() || abandon) {
      return false;
    }
    String other = journal.get("to").orElse("");
    if (!other.equals(to)) {
      throw UserError.invalid(
          "a rollback to "
              + other
              + " was interrupted; go on with it by --to "
              + other
              + ", or give it up by --abandon");
    }
    return true;
  }

  private Preflight.Standing standing(Journal journal) {
    if (goesOn(journal)) {
      return Preflight.Standing.INTERRUPTED;
    }
    return journal.isBegun() ? Preflight.Standing.ANOTHER_GIVEN_UP : Preflight.Standing.NOT_BEGUN;
  }

  /** What is to be stopped, once it is sure that the release can be started; empty for nothing. */
  private String check(Preflight preflight, OldJobs old, FlinkRest flink) {
    String bad = "";
    if (abandon && byHand && !flink.answers()) {
      spec.commandLine()
          .getErr()
          .println("no Flink answers at " + rest + ": nothing is left there that could be stopped");
    } else {
      preflight.flink(flink.version());
      bad = preflight.job(job, old);
      checkJob(bad, new FlinkJobs(flink));
    }
    preflight.offsets(acceptLoss ? Preflight.Loss.ACCEPTED : Preflight.Loss.REFUSED);
    if (!trustSavepoint) {
      preflight.state();
    }
    return bad;
  }

  private void checkJob(String bad, FlinkJobs jobs) {
    if (!byHand) {
      jobs.checkTakesJars();
    }
    if (!bad.isEmpty() && !withoutSavepoint && !jobs.hasEnded(bad)) {
      String state = jobs.state(bad);
      if (!state.equals(FlinkJobs.RUNNING)) {
        throw UserError.invalid(
            "job "
                + bad
                + " is "
                + state
                + " and can write no savepoint; --without-savepoint cancels it");
      }
    }
  }

  private Duration patience() {
    try {
      return Duration.ofMillis(Durations.parse(timeout));
    } catch (IllegalArgumentException e) {
      throw UserError.wrongCall("--timeout " + timeout + ": write a duration such as 90s or 10m");
    }
  }
}
