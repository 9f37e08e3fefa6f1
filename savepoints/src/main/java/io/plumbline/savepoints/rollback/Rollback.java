package io.plumbline.savepoints.rollback;

import io.plumbline.UserError;
import io.plumbline.jobs.redis.EntityProgress;
import io.plumbline.jobs.redis.Fences;
import io.plumbline.jobs.redis.RedisConnection;
import io.plumbline.jobs.redis.RewriteSignal;
import io.plumbline.jobs.redis.StoredHashes;
import io.plumbline.jobs.redis.Sweep;
import io.plumbline.savepoints.Catalog;
import io.plumbline.savepoints.CatalogRecord;
import io.plumbline.savepoints.FlinkRest;
import io.plumbline.savepoints.Recording;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/**
 * Stops a job and starts a recorded release in its place, under a generation of its own, step by
 * step. Each step is noted in a journal, and does nothing if it was done before.
 */
final class Rollback {
  private static final Duration POLL = Duration.ofMillis(20);
  private static final Duration SLICE = Duration.ofSeconds(1);
  private static final int SAMPLE = 50;

  // Names in the journal.
  static final String JOB = "job";
  static final String GENERATION = "generation";
  static final String STARTED = "started_job";
  static final String KEPT = "kept";
  static final String SWEPT = "swept";
  private static final String JAR = "uploaded_jar";
  private static final String SAVEPOINT = "savepoint_of_bad_job";
  private static final String STOP_POINT = "stop_point_";

  /** How the bad job ends. */
  enum Ending {
    /** It leaves a savepoint for those who look into it. */
    SAVEPOINT,
    CANCEL
  }

  /** Who starts the good one. */
  enum Starter {
    FLINK,
    PEOPLE
  }

  /**
   * What is asked for.
   *
   * @param why for the record of the bad job's savepoint
   * @param patience for each step
   */
  record Request(
      Ending ending, Starter starter, List<String> more, String why, Duration patience) {}

  /** Where everything is. */
  record Places(Catalog catalog, FlinkRest flink, RedisConnection redis) {}

  private final Journal journal;
  private final CatalogRecord record;
  private final Places places;
  private final Request request;
  private final List<String> entities;
  private final FlinkJobs jobs;
  private final PrintWriter out;

  Rollback(
      Journal journal,
      CatalogRecord record,
      Places places,
      Request request,
      List<String> entities,
      PrintWriter out) {
    this.journal = journal;
    this.record = record;
    this.places = places;
    this.request = request;
    this.entities = entities;
    this.out = out;
    this.jobs = new FlinkJobs(places.flink);
  }

  /**
   * Does what is left to do.
   *
   * @param jar of the release
   * @throws UserError if a step fails; it may be tried again
   */
  void run(Path jar) {
    if (request.starter == Starter.FLINK && !journal.has(Step.SUBMITTED)) {
      upload(jar);
    }
    step(Step.STOPPED, this::stop);
    step(Step.FENCED, this::fence);
    Map<String, List<String>> sample = sample();
    step(Step.SUBMITTED, this::submit);
    keep();
    step(Step.RUNNING, () -> await("its tasks run", this::isRunning));
    step(Step.FIRST_VALUE, () -> await("a value of it is in Redis", () -> isShown(sample)));
    step(Step.REWRITTEN, () -> await("all keys are written", this::isRewritten));
    step(Step.CAUGHT_UP, () -> await("it is as far as the job before", this::isCaughtUp));
    step(Step.DONE, this::sweep);
  }

  private void step(Step step, Runnable action) {
    if (!journal.has(step)) {
      action.run();
      journal.reached(step);
    }
  }

  /** While the bad job still runs: values are old for as long as nobody does. */
  private void upload(Path jar) {
    if (journal.get(JAR).filter(jobs::hasJar).isEmpty()) {
      journal.put(JAR, jobs.upload(jar));
    }
  }

  private void stop() {
    String job = journal.get(JOB).orElse("");
    if (job.isEmpty() || jobs.hasEnded(job)) {
      if (!job.isEmpty() && journal.get("trigger").isPresent()) {
        jobs.lastSavepoint(job).ifPresent(location -> journal.put(SAVEPOINT, location));
      }
      return;
    }
    if (request.ending == Ending.CANCEL) {
      jobs.cancel(job);
    } else if (!jobs.state(job).equals(FlinkJobs.RUNNING)) {
      throw UserError.invalid(
          "job "
              + job
              + " is "
              + jobs.state(job)
              + " and can write no savepoint; --without-savepoint cancels it");
    } else if (request.starter == Starter.FLINK) {
      String trigger = FlinkJobs.newId();
      journal.put("trigger", trigger);
      jobs.stop(job, trigger);
      journal.put(SAVEPOINT, places.flink.awaitSavepoint(job, trigger, request.patience));
    } else {
      // A cluster of its own ends with its job, and nobody would be left to ask where it is.
      journal.put(SAVEPOINT, places.flink.savepoint(job, null, "CANONICAL", request.patience));
      describe(job);
      jobs.cancel(job);
      return;
    }
    awaitEnd(job);
  }

  private void awaitEnd(String job) {
    long deadline = System.nanoTime() + request.patience.toNanos();
    while (!jobs.hasEnded(job)) {
      if (System.nanoTime() > deadline) {
        throw UserError.invalid("job " + job + " does not end; see it in Flink's web UI");
      }
      LockSupport.parkNanos(POLL.toNanos());
    }
  }

  /** From here on nothing that an older generation writes counts, whoever still runs. */
  private void fence() {
    if (journal.get(GENERATION).isEmpty()) {
      long now = System.currentTimeMillis();
      EntityProgress.all(places.redis)
          .forEach(
              (entity, reached) ->
                  journal.put(STOP_POINT + entity, Long.toString(Math.min(reached.time(), now))));
      OptionalLong standing = Fences.highest(places.redis);
      Long recorded = record.job().generation();
      long highest = Math.max(standing.orElse(0), recorded == null ? 0 : recorded);
      journal.put(GENERATION, Long.toString(highest + 1));
    }
    Fences.raise(places.redis, generation());
    String fingerprint = record.definitions().fingerprint();
    new RewriteSignal(places.redis, record.job().name(), generation(), fingerprint).forget();
  }

  private long generation() {
    return Long.parseLong(journal.get(GENERATION).orElseThrow());
  }

  private void submit() {
    RecordedCall call = new RecordedCall(record.launch().arguments());
    List<String> arguments =
        new ArrayList<>(call.repeated(definitions(), record.job().name(), generation()));
    arguments.addAll(request.more);
    String savepoint = Path.of(record.path()).toUri().toString();
    if (request.starter == Starter.PEOPLE) {
      out.println("start this now, with " + record.launch().jar() + " as the only jar in usrlib/:");
      out.println(
          "  scripts/cluster application DIR --from " + savepoint + " " + quoted(arguments));
      out.flush();
      return;
    }
    String job = journal.get(STARTED).orElseGet(FlinkJobs::newId);
    if (!jobs.state(job).equals(FlinkJobs.UNKNOWN) && jobs.hasEnded(job)) {
      job = FlinkJobs.newId();
    }
    journal.put(STARTED, job);
    if (jobs.state(job).equals(FlinkJobs.UNKNOWN)) {
      jobs.start(
          journal.get(JAR).orElseThrow(),
          new FlinkJobs.Start(
              job, arguments, savepoint, call, record.launch().parallelism(), call.settings()));
    }
  }

  /** Where the recorded definitions are, as files. */
  private Path definitions() {
    Path folder =
        places
            .catalog
            .folder()
            .toAbsolutePath()
            .normalize()
            .resolve("_definitions")
            .resolve(record.definitions().fingerprint());
    try {
      for (Map.Entry<String, String> file : record.definitions().files().entrySet()) {
        Path path = folder.resolve(file.getKey());
        Files.createDirectories(path.getParent());
        Files.writeString(path, file.getValue());
      }
      return folder;
    } catch (IOException e) {
      throw UserError.invalid("the definitions cannot be written to " + folder + ": " + e, e);
    }
  }

  static String quoted(List<String> arguments) {
    return arguments.stream()
        .map(a -> a.matches("[\\w./:@=,+-]+") ? a : "'" + a.replace("'", "'\\''") + "'")
        .collect(Collectors.joining(" "));
  }

  /** Records the bad job's savepoint. That it cannot be read must not keep the good one down. */
  private void keep() {
    if (journal.get(SAVEPOINT).isPresent() && journal.get(KEPT).isEmpty()) {
      String location = journal.get(SAVEPOINT).get();
      try {
        String why = "stopped by the rollback to " + record.id() + ": " + request.why;
        Recording recording = new Recording(places.catalog, null);
        journal.put(KEPT, recording.record(location, origin(), why).id());
      } catch (UserError e) {
        out.println(e.getMessage());
        journal.put(KEPT, location);
      }
    }
  }

  private Recording.Origin origin() {
    String job = journal.get(JOB).orElseThrow();
    if (request.starter == Starter.PEOPLE) {
      String name = journal.get("name").orElseThrow();
      return new Recording.Origin(
          new CatalogRecord.Job(job, name, null, null), record.flinkVersion(), null);
    }
    return new Recording.Origin(
        places.flink.describe(job), places.flink.version(), places.flink.launch(job));
  }

  private void describe(String job) {
    journal.put("name", jobs.name(job));
  }

  private Map<String, List<String>> sample() {
    StoredHashes hashes = new StoredHashes(places.redis);
    return entities.stream()
        .collect(Collectors.toMap(entity -> entity, entity -> hashes.some(entity, SAMPLE)));
  }

  private boolean isRunning() {
    return request.starter == Starter.PEOPLE || jobs.isRunning(journal.get(STARTED).orElseThrow());
  }

  private boolean isShown(Map<String, List<String>> sample) {
    StoredHashes hashes = new StoredHashes(places.redis);
    return isRewritten()
        || sample.entrySet().stream()
            .flatMap(e -> e.getValue().stream().map(key -> hashes.generation(e.getKey(), key)))
            .anyMatch(by -> by.isPresent() && by.getAsLong() >= generation());
  }

  /** The job says how far it is once every key that it knows is written. */
  private boolean isRewritten() {
    Map<String, EntityProgress> reached = EntityProgress.all(places.redis);
    return entities.stream()
        .allMatch(
            entity ->
                reached.containsKey(entity) && reached.get(entity).generation() >= generation());
  }

  private boolean isCaughtUp() {
    Map<String, EntityProgress> reached = EntityProgress.all(places.redis);
    return entities.stream()
        .allMatch(
            entity ->
                journal
                    .get(STOP_POINT + entity)
                    .map(time -> reached.get(entity).time() >= Long.parseLong(time))
                    .orElse(true));
  }

  private void sweep() {
    Sweep sweep = Sweep.ofOlderGenerations(places.redis, entities, generation());
    while (!sweep.advance(SLICE)) {
      LockSupport.parkNanos(POLL.toNanos());
    }
    journal.put(SWEPT, Long.toString(sweep.removed()));
  }

  private void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + request.patience.toNanos();
    long look = System.nanoTime() + TimeUnit.SECONDS.toNanos(1);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > look && request.starter == Starter.FLINK) {
        seeThatItLives();
        look = System.nanoTime() + TimeUnit.SECONDS.toNanos(1);
      }
      if (System.nanoTime() > deadline) {
        throw UserError.invalid(
            "not after "
                + request.patience.toSeconds()
                + " s: "
                + what
                + ". The job goes on; the same call waits again, longer with --timeout");
      }
      LockSupport.parkNanos(POLL.toNanos());
    }
  }

  private void seeThatItLives() {
    String job = journal.get(STARTED).orElseThrow();
    if (jobs.hasEnded(job)) {
      String why = jobs.state(job).equals("FAILED") ? jobs.failure(job) : jobs.state(job);
      for (Step later : List.of(Step.SUBMITTED, Step.RUNNING, Step.FIRST_VALUE, Step.REWRITTEN)) {
        journal.undo(later);
      }
      throw UserError.invalid(
          "the job that was started has ended: " + why + ". The same call starts it once more");
    }
  }
}
