package io.plumbline.timeline;

import io.plumbline.aggregate.Aggregates;
import io.plumbline.definition.Emit;
import io.plumbline.definition.Feature;
import io.plumbline.definition.Window;
import io.plumbline.time.TileGrid;
import java.util.List;

/**
 * Whether timelines that are kept for some features hold all that another one needs: then it can
 * begin with its whole history. Otherwise it must share nothing with them, or it would show half a
 * history.
 */
public final class Coverage {
  /** The cohort of those that began with the job. */
  private static final int FIRST = 0;

  private Coverage() {}

  /**
   * Whether a plan's state has everything that a feature shows, from the beginning on. What later
   * cohorts keep has not: they began with nothing.
   *
   * @return false where this is uncertain
   */
  public static boolean of(TimelinePlan plan, Feature.Windowed feature) {
    for (TimelinePlan.SourcePlan source : plan.sources()) {
      if (source.source().name().equals(feature.source())) {
        int input = source.inputs().indexOf(TimelinePlan.Input.of(feature, FIRST));
        return input >= 0 && covers(source, input, feature);
      }
    }
    return false;
  }

  private static boolean covers(
      TimelinePlan.SourcePlan source, int input, Feature.Windowed feature) {
    if (feature.window() instanceof Window.Sliding window) {
      TileGrid grid = new TileGrid(window.slideMs(), window.offsetMs());
      long tiles = window.sizeMs() / window.slideMs();
      return source.grids().stream()
          .filter(g -> g.grid().equals(grid))
          .anyMatch(
              g ->
                  hasSlot(g.slots(), input, feature)
                      && reaches(g, source.inputs(), tiles, feature.emit()));
    } else if (feature.window() instanceof Window.Session window) {
      return hasSession(source, input, window.gapMs(), feature);
    } else if (feature.retainMs().isPresent()) {
      return hasSession(source, input, feature.retainMs().getAsLong(), feature);
    }
    return hasSlot(source.lifetime().slots(), input, feature);
  }

  /** Tiles are kept as long as the longest window of the first cohort needs them. */
  private static boolean reaches(
      TimelinePlan.GridPlan grid, List<TimelinePlan.Input> inputs, long tiles, Emit emit) {
    return grid.views().stream()
        .filter(v -> inputs.get(grid.slots().get(v.slot()).input()).cohort() == FIRST)
        .anyMatch(v -> v.tiles() >= tiles && (emit == Emit.LIVE || v.emit() == Emit.CLOSED));
  }

  private static boolean hasSession(
      TimelinePlan.SourcePlan source, int input, long gapMs, Feature.Windowed feature) {
    return source.sessions().stream()
        .filter(group -> group.gapMs() == gapMs && group.input() == input)
        .anyMatch(
            group ->
                hasSlot(group.slots(), input, feature)
                    && (feature.emit() == Emit.LIVE || keepsClosed(group, feature)));
  }

  private static boolean keepsClosed(TimelinePlan.SessionPlan group, Feature.Windowed feature) {
    return group.reads().stream()
        .filter(read -> read.emit() == Emit.CLOSED)
        .anyMatch(
            read ->
                read.retainMs().isEmpty()
                    || (feature.retainMs().isPresent()
                        && read.retainMs().getAsLong() >= feature.retainMs().getAsLong()));
  }

  private static boolean hasSlot(
      List<TimelinePlan.Slot> slots, int input, Feature.Windowed feature) {
    String key =
        Aggregates.of(feature.aggregation(), feature.valueType().orElse(null), feature.window())
            .key();
    return slots.stream().anyMatch(slot -> slot.input() == input && slot.key().equals(key));
  }
}
