package io.plumbline.savepoints.rollback;

import io.plumbline.UserError;
import io.plumbline.jobs.redis.EntityProgress;
import io.plumbline.jobs.redis.Lease;
import io.plumbline.savepoints.CatalogRecord;
import io.plumbline.savepoints.FlinkRest;
import io.plumbline.savepoints.Recording;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The job in whose place a release comes: how it ends, what of it is kept, and what goes. */
final class BadJob {
  private static final Duration POLL = Duration.ofMillis(20);

  // Names in the journal.
  static final String JOB = "job";
  static final String KEPT = "kept";
  private static final String NAME = "name";
  private static final String SAVEPOINT = "savepoint_of_bad_job";
  private static final String TRIGGER = "trigger";
  private static final String CANCELED = "canceled";
  private static final String OWNED = "entities_of_bad_job";
  private static final String OWNED_BEFORE = "entities_of_jobs_stopped_before";

  /** Between an entity and the job that owned it. */
  private static final String OF = "=";

  private final Journal journal;
  private final CatalogRecord record;
  private final Rollback.Places places;
  private final Rollback.Request request;
  private final List<String> entities;
  private final FlinkJobs jobs;
  private final PrintWriter out;

  /**
   * @param record of the release
   * @param entities that the release writes
   */
  BadJob(
      Journal journal,
      CatalogRecord record,
      Rollback.Places places,
      Rollback.Request request,
      List<String> entities,
      PrintWriter out) {
    this.journal = journal;
    this.record = record;
    this.places = places;
    this.request = request;
    this.entities = entities;
    this.jobs = new FlinkJobs(places.flink());
    this.out = out;
  }

  /** Lets it end, if there is one. */
  void stop() {
    String job = journal.get(JOB).orElse("");
    if (job.isEmpty()) {
      return;
    }
    noteOwned(job);
    if (isGone(job)) {
      return;
    }
    if (jobs.hasEnded(job)) {
      noteLastSavepoint(job);
      return;
    }
    journal.put(NAME, jobs.name(job));
    if (request.ending() == Rollback.Ending.SAVEPOINT && journal.get(SAVEPOINT).isEmpty()) {
      leaveSavepoint(job);
    }
    if (request.starter() == Rollback.Starter.PEOPLE) {
      journal.put(CANCELED, job);
      jobs.cancel(job);
      return;
    }
    if (request.ending() == Rollback.Ending.CANCEL) {
      jobs.cancel(job);
    }
    awaitEnd(job);
  }

  /** It may have left what was asked for when nobody waited any more. */
  private void noteLastSavepoint(String job) {
    if (journal.get(TRIGGER).isPresent()
        && journal.get(SAVEPOINT).isEmpty()
        && jobs.hasEnded(job)) {
      jobs.lastSavepoint(job).ifPresent(location -> journal.put(SAVEPOINT, location));
    }
  }

  /** What it has: the release may not write all of it. */
  private void noteOwned(String job) {
    if (journal.get(OWNED).isEmpty()) {
      Set<String> written = EntityProgress.all(places.redis()).keySet();
      journal.put(
          OWNED,
          Lease.owners(places.redis(), written).entrySet().stream()
              .filter(owned -> owned.getValue().id().equals(job))
              .map(owned -> owned.getKey() + OF + job)
              .collect(Collectors.joining(" ")));
    }
  }

  /**
   * What it owned, or one that was stopped by a rollback given up, the release does not write, and
   * nobody else has taken meanwhile: nothing will ever be written over that.
   */
  List<String> itsAlone() {
    return Stream.of(OWNED, OWNED_BEFORE)
        .flatMap(name -> journal.get(name).stream())
        .flatMap(noted -> Stream.of(noted.split(" ")))
        .filter(noted -> noted.contains(OF))
        .map(noted -> noted.split(OF, 2))
        .filter(noted -> !entities.contains(noted[0]) && isLeft(noted[0], noted[1]))
        .map(noted -> noted[0])
        .distinct()
        .toList();
  }

  private boolean isLeft(String entity, String job) {
    Lease.Job owner = Lease.owners(places.redis(), List.of(entity)).get(entity);
    return owner == null || owner.id().equals(job);
  }

  /** A cluster of its own ends with its job: nobody is left to be asked. */
  private boolean isGone(String job) {
    return request.starter() == Rollback.Starter.PEOPLE
        && journal.get(CANCELED).filter(job::equals).isPresent()
        && !places.flink().answers();
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
    if (request.starter() == Rollback.Starter.PEOPLE) {
      // It goes on until its savepoint is known: later nobody could say where that is.
      journal.put(SAVEPOINT, places.flink().savepoint(job, null, "CANONICAL", request.patience()));
      return;
    }
    String trigger = journal.get(TRIGGER).orElseGet(FlinkJobs::newId);
    journal.put(TRIGGER, trigger);
    jobs.stop(job, trigger);
    try {
      journal.put(SAVEPOINT, places.flink().awaitSavepoint(job, trigger, request.patience()));
    } catch (FlinkRest.SavepointFailed e) {
      journal.remove(TRIGGER);
      throw e;
    }
  }

  private void awaitEnd(String job) {
    long deadline = System.nanoTime() + request.patience().toNanos();
    while (!jobs.hasEnded(job)) {
      if (System.nanoTime() > deadline) {
        throw UserError.invalid("job " + job + " does not end; see it in Flink's web UI");
      }
      LockSupport.parkNanos(POLL.toNanos());
    }
  }

  /** Records its savepoint. That it cannot be read must not keep the good one down. */
  void keep() {
    if (journal.get(SAVEPOINT).isPresent() && journal.get(KEPT).isEmpty()) {
      String location = journal.get(SAVEPOINT).get();
      try {
        String to = journal.get("to").orElseThrow();
        String why = "stopped by the rollback to " + to + ": " + request.why();
        Recording recording = new Recording(places.catalog(), null);
        journal.put(KEPT, recording.record(location, origin(), why).id());
      } catch (UserError e) {
        out.println(e.getMessage());
        journal.put(KEPT, location);
      }
    }
  }

  /**
   * The same for a rollback that is given up, which may not have come so far.
   *
   * @param next the job that is to be stopped in place of this one; empty for none
   * @return what the journal of the next rollback begins with
   */
  Map<String, String> leave(String next) {
    try {
      journal.get(JOB).ifPresent(this::noteLastSavepoint);
    } catch (UserError e) {
      out.println(e.getMessage());
    }
    keep();
    try {
      journal.get(Rollback.JAR).ifPresent(jobs::delete);
    } catch (UserError e) {
      out.println("the jar that was handed over stays there: " + e.getMessage());
    }
    journal
        .get(KEPT)
        .ifPresent(kept -> out.println("kept of what the rollback given up stopped: " + kept));
    Map<String, String> handed = new TreeMap<>();
    handed.put(
        OWNED_BEFORE,
        Stream.of(OWNED, OWNED_BEFORE)
            .flatMap(name -> journal.get(name).stream())
            .collect(Collectors.joining(" ")));
    if (journal.get(JOB).filter(next::equals).isPresent()) {
      journal.get(TRIGGER).ifPresent(trigger -> handed.put(TRIGGER, trigger));
    }
    return handed;
  }

  /** A cluster that has ended with its job, or has forgotten it, leaves its name at most. */
  private Recording.Origin origin() {
    String job = journal.get(JOB).orElseThrow();
    FlinkRest flink = places.flink();
    try {
      return new Recording.Origin(flink.describe(job), flink.version(), flink.launch(job));
    } catch (UserError e) {
      String name = journal.get(NAME).orElse(job);
      return new Recording.Origin(
          new CatalogRecord.Job(job, name, null, null), record.flinkVersion(), null);
    }
  }
}
