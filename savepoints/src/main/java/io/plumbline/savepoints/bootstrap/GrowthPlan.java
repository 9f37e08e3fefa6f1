package io.plumbline.savepoints.bootstrap;

import io.plumbline.UserError;
import io.plumbline.definition.DefinitionBundle;
import io.plumbline.definition.Feature;
import io.plumbline.definition.Source;
import io.plumbline.jobs.app.Places;
import io.plumbline.jobs.feature.Evolution;
import io.plumbline.jobs.feature.FeatureChange;
import io.plumbline.jobs.feature.FeatureChange.Kind;
import io.plumbline.jobs.feature.FeatureSet;
import io.plumbline.jobs.feature.OtherDefinitions;
import io.plumbline.jobs.feature.Uids;
import io.plumbline.jobs.lake.LakeCut;
import io.plumbline.jobs.lake.LakePlan;
import io.plumbline.jobs.stream.Bootstrapped;
import io.plumbline.jobs.stream.LogPosition;
import io.plumbline.savepoints.Savepoint;
import io.plumbline.time.TileGrid;
import io.plumbline.timeline.TimelinePlan;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * How features are added to a savepoint with their history: what the lake has up to where the job
 * had read is counted for them alone.
 *
 * @param evolution from the savepoint's features to the new ones
 * @param added how the history of those is made that would be empty
 * @param offsets where the job goes on, by source; empty for a source that it did not read
 * @param parts of each entity's state in the savepoint, by name
 */
record GrowthPlan(
    GrowthRequest request,
    Evolution evolution,
    BootstrapPlan added,
    Map<String, Map<Integer, Long>> offsets,
    Map<String, Integer> parts) {

  /**
   * Looks at everything that a request names.
   *
   * @throws UserError that says what is wrong and how to mend it
   */
  static GrowthPlan of(GrowthRequest request) {
    if (Files.exists(request.out())) {
      throw UserError.wrongCall(
          "--out " + request.out() + ": is there already; name a folder that is not");
    }
    if (!Files.isDirectory(request.lake())) {
      throw UserError.wrongCall(
          "--lake " + request.lake() + ": there is no such folder; import or archive events first");
    }
    try (Savepoint savepoint = Savepoint.open(request.from())) {
      if (savepoint.isCheckpoint()) {
        throw UserError.wrongCall(
            "--from "
                + request.from()
                + ": is a checkpoint, whose files Flink deletes when it has later ones; stop the"
                + " job with a savepoint, and name that");
      }
      FeatureSet asked = FeatureSet.live(DefinitionBundle.read(request.definitions()));
      Evolution evolution = Evolution.of(savepoint.set(), asked);
      List<String> refusals = evolution.refusals(request.dropped());
      if (!refusals.isEmpty()) {
        throw OtherDefinitions.because(refusals);
      }
      List<String> elsewhere = savepoint.refusals(asked);
      if (!elsewhere.isEmpty()) {
        throw UserError.invalid(
            request.from() + ": no job can go on from it: " + String.join("; ", elsewhere));
      }
      Optional<Bootstrapped> made = Bootstrapped.beside(Places.url(request.from()));
      Map<String, Map<Integer, Long>> offsets = offsets(savepoint, made);
      Map<String, Integer> parts = new LinkedHashMap<>();
      savepoint.entities().forEach(name -> parts.put(name, savepoint.timelines(name).parts()));
      return new GrowthPlan(
          request,
          evolution,
          added(request, evolution, offsets, Taken.of(savepoint, made, request)),
          offsets,
          parts);
    }
  }

  /**
   * Up to when a savepoint has what, epoch ms.
   *
   * @param importedUntil imported records that were ingested later are not in it
   * @param writtenAt when it was written
   */
  private record Taken(long knowledgeTime, long importedUntil, long writtenAt) {
    static Taken of(Savepoint savepoint, Optional<Bootstrapped> made, GrowthRequest request) {
      long knowledgeTime =
          savepoint
              .knowledgeTime()
              .orElseThrow(
                  () ->
                      UserError.invalid(
                          request.from() + ": knowledge time had not begun; take a later one"));
      return new Taken(
          knowledgeTime,
          made.map(Bootstrapped::untilMs)
              .orElseGet(() -> TileGrid.saturatedAdd(knowledgeTime, disorderMs(savepoint))),
          savepoint.writtenAt());
    }

    /** By which knowledge time lay behind the time up to which a bootstrap took everything. */
    private static long disorderMs(Savepoint savepoint) {
      FeatureSet.Plans plans = savepoint.set().plans();
      return plans.sources().stream()
          .mapToLong(name -> plans.definitions().source(name).logDisorderMs())
          .max()
          .orElse(0);
    }
  }

  /** Where the job goes on: as its readers say, or what the savepoint was made of. */
  private static Map<String, Map<Integer, Long>> offsets(
      Savepoint savepoint, Optional<Bootstrapped> made) {
    Map<String, Map<Integer, Long>> offsets = new LinkedHashMap<>();
    made.ifPresent(m -> m.cuts().forEach((name, cut) -> offsets.put(name, cut.offsets())));
    List<LogPosition> positions = savepoint.positions();
    for (String source : savepoint.set().plans().sources()) {
      for (LogPosition position : positions) {
        if (position.uid().equals(Uids.records(source))) {
          offsets
              .computeIfAbsent(source, s -> new TreeMap<>())
              .put(position.partition(), Math.max(0, position.offset()));
        }
      }
    }
    return offsets;
  }

  /** Uids of the operators that a job of the new features does not have. */
  Set<String> gone() {
    Set<String> gone = uids(evolution.written());
    gone.removeAll(uids(evolution.set()));
    return gone;
  }

  private static Set<String> uids(FeatureSet set) {
    Set<String> uids = new LinkedHashSet<>();
    for (TimelinePlan plan : set.plans().entities()) {
      String entity = plan.entity();
      uids.addAll(List.of(Uids.timelines(entity), Uids.updates(entity), Uids.progress(entity)));
    }
    for (String source : set.plans().sources()) {
      uids.addAll(List.of(Uids.records(source), Uids.duplicates(source), Uids.rejected(source)));
    }
    if (set.plans().entities().size() > 1) {
      uids.add(Uids.rows());
    }
    return uids;
  }

  private static BootstrapPlan added(
      GrowthRequest request,
      Evolution evolution,
      Map<String, Map<Integer, Long>> offsets,
      Taken taken) {
    FeatureSet all = evolution.set();
    Set<String> ids = new LinkedHashSet<>();
    for (FeatureChange change : evolution.of(Kind.ADDED_EMPTY)) {
      if (all.plans().definitions().feature(change.id()) instanceof Feature.Windowed) {
        ids.add(change.id());
      }
    }
    if (ids.isEmpty()) {
      throw UserError.invalid(
          "no feature of "
              + request.definitions()
              + " lacks a history: start from "
              + request.from()
              + " itself");
    }
    FeatureSet set = new FeatureSet(all.bundle(), List.copyOf(ids), all.knowledge(), all.cohorts());
    Map<String, BootstrapPlan.History> sources = new LinkedHashMap<>();
    for (String name : set.plans().sources()) {
      Source source = all.plans().definitions().source(name);
      long readBy =
          TileGrid.saturatedAdd(
              Math.max(taken.knowledgeTime, taken.writtenAt), source.logDisorderMs());
      LakeCut cut =
          offsets.containsKey(name)
              ? LakeCut.at(request.lake(), source, offsets.get(name), readBy)
              : LakeCut.of(
                  request.lake(),
                  source,
                  TileGrid.saturatedAdd(taken.knowledgeTime, source.logDisorderMs()));
      BootstrapPlan.check(source, cut, request.holes());
      sources.put(name, new BootstrapPlan.History(LakePlan.all(request.lake(), source), cut));
    }
    BootstrapRequest history =
        new BootstrapRequest(
            request.definitions(),
            request.lake(),
            taken.importedUntil,
            request.out(),
            request.holes());
    return new BootstrapPlan(history, set, sources, taken.knowledgeTime);
  }
}
