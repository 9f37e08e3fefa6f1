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
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

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
  private static final String ITS_ALONE = "entities_of_bad_job_alone";

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

  /** What it owns and the release does not write: nothing will ever be written over that. */
  private void noteItsAlone(String job) {
    if (journal.get(ITS_ALONE).isEmpty()) {
      Set<String> written = EntityProgress.all(places.redis()).keySet();
      journal.put(
          ITS_ALONE,
          Lease.owners(places.redis(), written).entrySet().stream()
              .filter(owned -> owned.getValue().id().equals(job))
              .map(Map.Entry::getKey)
              .filter(entity -> !entities.contains(entity))
              .collect(Collectors.joining(" ")));
    }
  }

  /** Of those, what nobody else has taken meanwhile. */
  List<String> itsAlone() {
    List<String> noted =
        journal
            .get(ITS_ALONE)
            .filter(names -> !names.isEmpty())
            .map(names -> List.of(names.split(" ")))
            .orElse(List.of());
    String job = journal.get(JOB).orElse("");
    Map<String, Lease.Job> owners = Lease.owners(places.redis(), noted);
    return noted.stream()
        .filter(entity -> !owners.containsKey(entity) || owners.get(entity).id().equals(job))
        .toList();
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
        String why = "stopped by the rollback to " + record.id() + ": " + request.why();
        Recording recording = new Recording(places.catalog(), null);
        journal.put(KEPT, recording.record(location, origin(), why).id());
      } catch (UserError e) {
        out.println(e.getMessage());
        journal.put(KEPT, location);
      }
    }
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
