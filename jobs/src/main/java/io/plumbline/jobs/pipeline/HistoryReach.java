package io.plumbline.jobs.pipeline;

import io.plumbline.definition.Emit;
import io.plumbline.definition.Feature;
import io.plumbline.definition.Source;
import io.plumbline.definition.Window;
import io.plumbline.jobs.feature.FeatureSet;
import io.plumbline.time.Knowledge;
import io.plumbline.time.TileGrid;
import io.plumbline.timeline.TimelinePlan;

/**
 * Which ingestion times can matter to observations, both ends included, epoch ms.
 *
 * @param fromMs {@code Long.MIN_VALUE} where a feature looks back without bound
 * @param toMs {@code Long.MAX_VALUE} in hindsight
 */
public record HistoryReach(long fromMs, long toMs) {

  /**
   * The reach of a source's features over observations between two times.
   *
   * <p>An event that a window holds happened after the window's start, so it was ingested after it
   * too; a copy of it that came before it was ingested at most a clock skew before it happened.
   */
  public static HistoryReach of(FeatureSet set, Source source, long firstAt, long lastAt) {
    long back = 0;
    for (TimelinePlan plan : set.plans().entities()) {
      for (Feature.Windowed feature : plan.features()) {
        if (feature.source().equals(source.name())) {
          back = Math.max(back, lookBack(feature, source));
        }
      }
    }
    long from =
        back == Long.MAX_VALUE
            ? Long.MIN_VALUE
            : TileGrid.saturatedSubtract(
                TileGrid.saturatedSubtract(firstAt, back),
                source.eventId().isPresent() ? source.maxClockSkewMs() : 0);
    return new HistoryReach(from, set.knowledge() == Knowledge.AS_KNOWN ? lastAt : Long.MAX_VALUE);
  }

  /** How long before an observation an event that it sees can have happened, in ms. */
  private static long lookBack(Feature.Windowed feature, Source source) {
    if (!(feature.window() instanceof Window.Sliding window)) {
      return Long.MAX_VALUE;
    }
    return feature.emit() == Emit.LIVE
        ? window.sizeMs()
        : TileGrid.saturatedAdd(
            TileGrid.saturatedAdd(window.sizeMs(), window.slideMs()), source.latenessMs());
  }
}
