package io.plumbline.savepoints.rollback;

import io.plumbline.jobs.redis.Lease;
import io.plumbline.jobs.redis.RedisConnection;
import io.plumbline.jobs.redis.RedisSettings;
import io.plumbline.savepoints.CatalogRecord;
import io.plumbline.savepoints.FlinkRest;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * The jobs in whose place a release may come: those that have its entities, whatever they are
 * called, and those of its name, which may be restarting all the time and have nothing.
 */
final class OldJobs {
  private final FlinkRest flink;
  private final FlinkJobs jobs;
  private final CatalogRecord record;
  private final RedisConnection redis;
  private final Map<String, Lease.Job> owners;

  /**
   * @param redis where the release will write
   * @param entities that it will write
   */
  OldJobs(FlinkRest flink, CatalogRecord record, RedisConnection redis, List<String> entities) {
    this.flink = flink;
    this.jobs = new FlinkJobs(flink);
    this.record = record;
    this.redis = redis;
    this.owners = Lease.owners(redis, entities);
  }

  /** Their ids, of those that have not ended. */
  List<String> find() {
    return jobs.alive().entrySet().stream()
        .filter(
            job ->
                isOwner(job.getKey())
                    || isOfThatName(job.getValue()) && writing(job.getKey()) != Writing.ELSEWHERE)
        .map(Map.Entry::getKey)
        .toList();
  }

  /** Why a job is none of them; empty if it is one. */
  Optional<String> whyNot(String job) {
    String name = jobs.name(job);
    Set<String> alive = jobs.alive().keySet();
    Optional<Lease.Job> living =
        owners.values().stream().filter(owner -> alive.contains(owner.id())).findFirst();
    if (living.isPresent()) {
      return isOwner(job) && alive.contains(job)
          ? Optional.empty()
          : Optional.of(
              said(job, name)
                  + " has none of the release's entities; "
                  + said(living.get().id(), living.get().name())
                  + " has");
    }
    if (!owners.isEmpty() && !isOwner(job)) {
      return ownerElsewhere();
    }
    List<String> found = alive.contains(job) ? List.of() : find();
    if (!found.isEmpty()) {
      return Optional.of(said(job, name) + " has ended; what runs is " + String.join(", ", found));
    }
    return isOwner(job) || mayWriteHere(job, name)
        ? Optional.empty()
        : Optional.of(
            said(job, name)
                + " does not write the namespace "
                + redis.settings().namespace()
                + " of this Redis, as far as it says");
  }

  private boolean mayWriteHere(String job, String name) {
    Writing writing = writing(job);
    return writing == Writing.HERE || isOfThatName(name) && writing == Writing.NOBODY_KNOWS;
  }

  private static String said(String job, String name) {
    return "job " + job + " ('" + name + "')";
  }

  /** Says who writes the entities on another cluster; empty if nobody does. */
  Optional<String> ownerElsewhere() {
    return owners.entrySet().stream()
        .findFirst()
        .map(
            owner ->
                "entity "
                    + owner.getKey()
                    + " belongs to "
                    + said(owner.getValue().id(), owner.getValue().name())
                    + ", which this Flink does not run: name its own with --rest. If that job is"
                    + " dead, try again in "
                    + Lease.LIFE.toSeconds()
                    + " s");
  }

  private boolean isOwner(String job) {
    return owners.values().stream().anyMatch(owner -> owner.id().equals(job));
  }

  private boolean isOfThatName(String name) {
    return Objects.equals(name, record.job().name());
  }

  /** What a job says of where it writes. */
  private enum Writing {
    HERE,
    ELSEWHERE,
    NOBODY_KNOWS
  }

  private Writing writing(String job) {
    CatalogRecord.Launch launch = flink.launch(job);
    if (launch == null) {
      return Writing.NOBODY_KNOWS;
    }
    RecordedCall call = new RecordedCall(launch.arguments());
    boolean here =
        call.value("--namespace")
                .orElse(RedisSettings.DEFAULT_NAMESPACE)
                .equals(redis.settings().namespace())
            && call.value("--redis").filter(at -> SameRedis.isAt(at, redis)).isPresent();
    return here ? Writing.HERE : Writing.ELSEWHERE;
  }
}
