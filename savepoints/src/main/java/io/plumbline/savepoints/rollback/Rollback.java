package io.plumbline.savepoints.rollback;

import io.plumbline.UserError;
import io.plumbline.jobs.redis.EntityProgress;
import io.plumbline.jobs.redis.Fences;
import io.plumbline.jobs.redis.Lease;
import io.plumbline.jobs.redis.RedisConnection;
import io.plumbline.jobs.redis.RewriteSignal;
import io.plumbline.jobs.redis.StoredHashes;
import io.plumbline.jobs.redis.Sweep;
import io.plumbline.savepoints.Catalog;
import io.plumbline.savepoints.CatalogRecord;
import io.plumbline.savepoints.FlinkRest;
import io.plumbline.savepoints.Recording;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
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
  private static final String TRIGGER = "trigger";
  private static final String CANCELED = "canceled";
  private static final String STOP_POINT = "stop_point";
  private static final String ITS_ALONE = "entities_of_bad_job_alone";

  /** By how much clocks of brokers and of workers may be ahead of that of Redis. */
  private static final Duration CLOCKS_DIFFER = Duration.ofSeconds(2);

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
    if (job.isEmpty()) {
      return;
    }
    noteItsAlone(job);
    if (isGone(job)) {
      return;
    }
    if (jobs.hasEnded(job)) {
      if (journal.get(TRIGGER).isPresent()) {
        jobs.lastSavepoint(job).ifPresent(location -> journal.put(SAVEPOINT, location));
      }
      return;
    }
    if (request.ending == Ending.SAVEPOINT && journal.get(SAVEPOINT).isEmpty()) {
      leaveSavepoint(job);
    }
    if (request.starter == Starter.PEOPLE) {
      describe(job);
      journal.put(CANCELED, job);
      jobs.cancel(job);
      return;
    }
    if (request.ending == Ending.CANCEL) {
      jobs.cancel(job);
    }
    awaitEnd(job);
  }

  /** What it owns and the release does not write: nothing will ever be written over that. */
  private void noteItsAlone(String job) {
    if (journal.get(ITS_ALONE).isEmpty()) {
      Set<String> written = EntityProgress.all(places.redis).keySet();
      journal.put(
          ITS_ALONE,
          Lease.owners(places.redis, written).entrySet().stream()
              .filter(owned -> owned.getValue().id().equals(job))
              .map(Map.Entry::getKey)
              .filter(entity -> !entities.contains(entity))
              .collect(Collectors.joining(" ")));
    }
  }

  /** Of those, what nobody else has taken meanwhile. */
  private List<String> itsAlone() {
    List<String> noted =
        journal
            .get(ITS_ALONE)
            .filter(names -> !names.isEmpty())
            .map(names -> List.of(names.split(" ")))
            .orElse(List.of());
    String job = journal.get(JOB).orElse("");
    Map<String, Lease.Job> owners = Lease.owners(places.redis, noted);
    return noted.stream()
        .filter(entity -> !owners.containsKey(entity) || owners.get(entity).id().equals(job))
        .toList();
  }

  /** A cluster of its own ends with its job: nobody is left to be asked. */
  private boolean isGone(String job) {
    return request.starter == Starter.PEOPLE
        && journal.get(CANCELED).filter(job::equals).isPresent()
        && !places.flink.answers();
  }

  private void leaveSavepoint(String job) {
    if (!jobs.state(job).equals(FlinkJobs.RUNNING)) {
      throw UserError.invalid(
          "job "
              + job
              + " is "
              + jobs.state(job)
              + " and can write no savepoint; --without-savepoint cancels it");
    }
    if (request.starter == Starter.PEOPLE) {
      // It goes on until its savepoint is known: later nobody could say where that is.
      journal.put(SAVEPOINT, places.flink.savepoint(job, null, "CANONICAL", request.patience));
      return;
    }
    String trigger = journal.get(TRIGGER).orElseGet(FlinkJobs::newId);
    journal.put(TRIGGER, trigger);
    jobs.stop(job, trigger);
    try {
      journal.put(SAVEPOINT, places.flink.awaitSavepoint(job, trigger, request.patience));
    } catch (FlinkRest.SavepointFailed e) {
      journal.remove(TRIGGER);
      throw e;
    }
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
      OptionalLong standing = Fences.highest(places.redis);
      Long recorded = record.job().generation();
      long highest = Math.max(standing.orElse(0), recorded == null ? 0 : recorded);
      journal.put(GENERATION, Long.toString(highest + 1));
    }
    Fences.raise(places.redis, generation());
    // Whatever an older generation wrote, it had read before now: its own progress says less.
    journal.put(STOP_POINT, Long.toString(redisTime() + CLOCKS_DIFFER.toMillis()));
    String fingerprint = record.definitions().fingerprint();
    new RewriteSignal(places.redis, record.job().name(), generation(), fingerprint).forget();
  }

  /** What Redis' clock shows, epoch ms. */
  private long redisTime() {
    List<String> time = places.redis.ask(commands -> commands.time());
    return TimeUnit.SECONDS.toMillis(Long.parseLong(time.get(0)))
        + TimeUnit.MICROSECONDS.toMillis(Long.parseLong(time.get(1)));
  }

  private long generation() {
    return Long.parseLong(journal.get(GENERATION).orElseThrow());
  }

  private void submit() {
    RecordedCall call = new RecordedCall(record.launch().arguments());
    Path definitions = RecordedDefinitions.in(places.catalog.folder(), record);
    List<String> arguments =
        new ArrayList<>(call.repeated(definitions, record.job().name(), generation()));
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
      start(
          new FlinkJobs.Start(
              job, arguments, savepoint, call, record.launch().parallelism(), call.settings()));
    }
  }

  /** An earlier call may have been killed while Flink went on to do what it had asked for. */
  private void start(FlinkJobs.Start start) {
    try {
      jobs.start(journal.get(JAR).orElseThrow(), start);
    } catch (UserError e) {
      if (jobs.state(start.id()).equals(FlinkJobs.UNKNOWN)) {
        throw e;
      }
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
    return isRewritten(EntityProgress.all(places.redis));
  }

  private boolean isRewritten(Map<String, EntityProgress> reached) {
    return entities.stream()
        .allMatch(
            entity ->
                reached.containsKey(entity) && reached.get(entity).generation() >= generation());
  }

  private boolean isCaughtUp() {
    long stopPoint =
        journal
            .get(STOP_POINT)
            .map(Long::parseLong)
            .orElseGet(() -> journal.when(Step.FENCED).get());
    Map<String, EntityProgress> reached = EntityProgress.all(places.redis);
    return isRewritten(reached)
        && entities.stream().allMatch(entity -> reached.get(entity).time() >= stopPoint);
  }

  private void sweep() {
    List<String> swept = new ArrayList<>(entities);
    swept.addAll(itsAlone());
    Sweep sweep = Sweep.ofOlderGenerations(places.redis, swept, generation());
    while (!sweep.advance(SLICE)) {
      LockSupport.parkNanos(POLL.toNanos());
    }
    forget(itsAlone());
    journal.put(SWEPT, Long.toString(sweep.removed()));
  }

  /** Unless others have come to write them while it was swept. */
  private void forget(List<String> gone) {
    Map<String, EntityProgress> reached = EntityProgress.all(places.redis);
    gone.stream()
        .filter(entity -> reached.containsKey(entity))
        .filter(entity -> reached.get(entity).generation() < generation())
        .forEach(entity -> EntityProgress.forget(places.redis, entity));
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
                + lastFailure()
                + ". The job goes on; the same call waits again, longer with --timeout");
      }
      LockSupport.parkNanos(POLL.toNanos());
    }
  }

  /** Of a job that Flink starts again and again. */
  private String lastFailure() {
    return request.starter == Starter.PEOPLE
        ? ""
        : jobs.failure(journal.get(STARTED).orElseThrow())
            .map(why -> ", and it failed meanwhile: " + why)
            .orElse("");
  }

  private void seeThatItLives() {
    String job = journal.get(STARTED).orElseThrow();
    String state = jobs.state(job);
    if (jobs.hasEnded(job)) {
      String why =
          state.equals(FlinkJobs.UNKNOWN)
              ? "Flink does not know it any more"
              : jobs.failure(job).orElse(state);
      for (Step later : List.of(Step.SUBMITTED, Step.RUNNING, Step.FIRST_VALUE, Step.REWRITTEN)) {
        journal.undo(later);
      }
      throw UserError.invalid(
          "the job that was started has ended: " + why + ". The same call starts it once more");
    }
  }
}
