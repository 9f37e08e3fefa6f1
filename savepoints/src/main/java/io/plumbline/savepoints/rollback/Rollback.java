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
import java.io.PrintWriter;
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
  static final String GENERATION = "generation";
  static final String STARTED = "started_job";
  static final String SWEPT = "swept";
  static final String JAR = "uploaded_jar";
  private static final String STOP_POINT = "stop_point";

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
  private final BadJob bad;
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
    this.bad = new BadJob(journal, record, places, request, entities, out);
  }

  /**
   * Does what is left to do.
   *
   * @param jar of the release
   * @throws UserError if a step fails; it may be tried again
   */
  void run(Path jar) {
    checkStarter();
    definitions();
    if (request.starter == Starter.FLINK && !journal.has(Step.SUBMITTED)) {
      upload(jar);
    }
    step(Step.STOPPED, bad::stop);
    step(Step.FENCED, this::fence);
    Map<String, List<String>> sample = sample();
    step(Step.SUBMITTED, this::submit);
    if (isLeftToPeople()) {
      sayWhatToStart();
    }
    bad.keep();
    step(Step.RUNNING, () -> await("its tasks run", this::isRunning));
    step(Step.FIRST_VALUE, () -> await("a value of it is in Redis", () -> isShown(sample)));
    step(Step.REWRITTEN, () -> await("all keys are written", this::isRewritten));
    step(Step.CAUGHT_UP, () -> await("it is as far as the job before", this::isCaughtUp));
    step(Step.DONE, this::sweep);
    takeJarBack();
  }

  /** The job has its own copy by now, and a jar that stays is in nobody's way. */
  private void takeJarBack() {
    try {
      journal.get(JAR).ifPresent(jobs::delete);
    } catch (UserError e) {
      out.println("the jar that was handed over stays there: " + e.getMessage());
    }
  }

  private void step(Step step, Runnable action) {
    if (!journal.has(step)) {
      action.run();
      journal.reached(step);
    }
  }

  /** Whoever was to start the release goes on: two of them would start it twice. */
  private void checkStarter() {
    if (journal.has(Step.CAUGHT_UP)) {
      return;
    }
    String started = journal.get(STARTED).orElse("");
    if (request.starter == Starter.FLINK && journal.has(Step.SUBMITTED) && started.isEmpty()) {
      throw UserError.invalid(
          "an earlier call has told people what to start; go on with --by-hand, or give that up by"
              + " --abandon");
    }
    if (request.starter == Starter.PEOPLE && !started.isEmpty()) {
      if (places.flink.answers() && !jobs.hasEnded(started)) {
        throw UserError.invalid(
            "an earlier call has started the release as job "
                + started
                + "; go on without --by-hand, or cancel that job first");
      }
      startAnew();
      journal.remove(STARTED);
    }
  }

  /** While the bad job still runs: values are old for as long as nobody does. */
  private void upload(Path jar) {
    if (journal.get(JAR).filter(jobs::hasJar).isEmpty()) {
      journal.put(JAR, jobs.upload(jar));
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
    if (request.starter == Starter.PEOPLE) {
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
              job,
              arguments(),
              savepoint(),
              record.launch().parallelism(),
              call().settingsOverRest()));
    }
  }

  private RecordedCall call() {
    return new RecordedCall(record.launch().arguments());
  }

  private Path definitions() {
    return RecordedDefinitions.in(places.catalog.folder(), record);
  }

  private List<String> arguments() {
    List<String> arguments =
        new ArrayList<>(call().repeated(definitions(), record.job().name(), generation()));
    arguments.addAll(request.more);
    return arguments;
  }

  /** What to start from, a URL. */
  private String savepoint() {
    return io.plumbline.jobs.app.Places.url(Path.of(record.path()));
  }

  private void sayWhatToStart() {
    out.println("start this now, with " + record.launch().jar() + " as the only jar in usrlib/:");
    List<String> start = new ArrayList<>();
    call().settings().forEach((key, value) -> start.addAll(List.of("-D", key + "=" + value)));
    start.addAll(List.of("--from", savepoint()));
    start.addAll(arguments());
    out.println("  scripts/cluster application DIR " + quoted(start));
    out.flush();
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
    swept.addAll(bad.itsAlone());
    Sweep sweep = Sweep.ofOlderGenerations(places.redis, swept, generation());
    while (!sweep.advance(SLICE)) {
      LockSupport.parkNanos(POLL.toNanos());
    }
    forget(bad.itsAlone());
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
                + (isLeftToPeople()
                    ? ". Has it been started? The same call says again what to start, and waits"
                    : ". The job goes on; the same call waits again")
                + ", longer with --timeout");
      }
      LockSupport.parkNanos(POLL.toNanos());
    }
  }

  private boolean isLeftToPeople() {
    return request.starter == Starter.PEOPLE && !journal.has(Step.FIRST_VALUE);
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
      startAnew();
      throw UserError.invalid(
          "the job that was started has ended: " + why + ". The same call starts it once more");
    }
  }

  private void startAnew() {
    for (Step later : List.of(Step.SUBMITTED, Step.RUNNING, Step.FIRST_VALUE, Step.REWRITTEN)) {
      journal.undo(later);
    }
  }
}
