package io.plumbline.savepoints.bootstrap;

import io.plumbline.UserError;
import io.plumbline.definition.DefinitionBundle;
import io.plumbline.definition.Feature;
import io.plumbline.definition.Source;
import io.plumbline.jobs.feature.FeatureSet;
import io.plumbline.jobs.lake.LakeCut;
import io.plumbline.jobs.lake.LakePlan;
import io.plumbline.time.Knowledge;
import io.plumbline.time.TileGrid;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A request that was found to be possible.
 *
 * @param set every feature that is defined, as a live job computes them
 * @param sources what to read of each source that a feature reads, by name
 * @param knowledgeTime up to which all of what was ingested is before the cuts, epoch ms
 */
record BootstrapPlan(
    BootstrapRequest request, FeatureSet set, Map<String, History> sources, long knowledgeTime) {
  /** What to read of a source: the files, and of them what lies before the cut. */
  record History(LakePlan files, LakeCut cut) {}

  /**
   * Looks at everything that a request names.
   *
   * @throws UserError that says what is wrong and how to mend it
   */
  static BootstrapPlan of(BootstrapRequest request, Clock clock) {
    check(request, clock);
    DefinitionBundle bundle = DefinitionBundle.read(request.definitions());
    List<String> ids = bundle.definitions().features().stream().map(Feature::id).toList();
    FeatureSet set = new FeatureSet(bundle, ids, Knowledge.AS_KNOWN);
    if (set.plans().entities().isEmpty()) {
      throw UserError.invalid(
          request.definitions() + ": no feature reads any event; define one to have state");
    }
    Map<String, History> sources = new LinkedHashMap<>();
    long disorderMs = 0;
    for (String name : set.plans().sources()) {
      Source source = set.plans().definitions().source(name);
      sources.put(name, history(request, source));
      disorderMs = Math.max(disorderMs, source.logDisorderMs());
    }
    return new BootstrapPlan(
        request, set, sources, TileGrid.saturatedSubtract(request.untilMs(), disorderMs));
  }

  private static void check(BootstrapRequest request, Clock clock) {
    if (!Files.isDirectory(request.lake())) {
      throw UserError.wrongCall(
          "--lake " + request.lake() + ": there is no such folder; import or archive events first");
    }
    if (Files.exists(request.out())) {
      throw UserError.wrongCall(
          "--out " + request.out() + ": is there already; name a folder that is not");
    }
    if (request.untilMs() > clock.millis()) {
      throw UserError.wrongCall(
          "--until "
              + Instant.ofEpochMilli(request.untilMs())
              + ": is still to come; nobody knows what will have been ingested by then");
    }
  }

  private static History history(BootstrapRequest request, Source source) {
    LakeCut cut = LakeCut.of(request.lake(), source, request.untilMs());
    check(source, cut, request.holes());
    return new History(LakePlan.of(request.lake(), source, Long.MIN_VALUE, request.untilMs()), cut);
  }

  /** Refuses offsets before the cut that the lake lacks, unless they are accepted. */
  static void check(Source source, LakeCut cut, BootstrapRequest.Holes holes) {
    if (holes == BootstrapRequest.Holes.REFUSED && !cut.holes().isEmpty()) {
      throw UserError.invalid(
          "the lake lacks records of source "
              + source.name()
              + ": "
              + LakeCut.Hole.list(cut.holes())
              + ". Restore the files that held them, or wait until the archive has published what"
              + " waits. If there never were such records, because the topic is compacted, written"
              + " by transactions, or had dropped them before anybody archived it, say"
              + " --accept-holes");
    }
  }
}
