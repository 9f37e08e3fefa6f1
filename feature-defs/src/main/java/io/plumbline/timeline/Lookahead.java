package io.plumbline.timeline;

import io.plumbline.aggregate.Algebra;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A source's state as if every pending event were folded. What no pending event touches is shared
 * with the settled state; what one touches is a copy, until the last such event has settled and the
 * two are equal again. Settling thus changes nothing that is shown here, and what is shown here
 * never changes what is settled.
 */
final class Lookahead {
  private final SourceState settled;
  private final SourceState all;

  /** For each grid, how many pending events touch a tile. */
  private final List<Map<Long, Integer>> tileWaits = new ArrayList<>();

  private final int[] sessionWaits;
  private final int[] lifetimeWaits;

  /** Looks at a settled state that no event waits for. */
  Lookahead(SourceState settled) {
    this.settled = settled;
    this.all = new SourceState(settled.plan);
    this.sessionWaits = new int[settled.sessions.length];
    this.lifetimeWaits = new int[settled.lifetime.length];
    for (int g = 0; g < settled.grids.length; g++) {
      all.grids[g].tiles.share(settled.grids[g].tiles);
      tileWaits.add(new HashMap<>());
    }
    System.arraycopy(settled.sessions, 0, all.sessions, 0, all.sessions.length);
    System.arraycopy(settled.lifetime, 0, all.lifetime, 0, all.lifetime.length);
  }

  /** The state with all events; to be read and pruned only. */
  SourceState all() {
    return all;
  }

  /** Adds an event that is now pending. */
  void add(Event event) {
    Object[] values = event.values();
    for (int g = 0; g < all.grids.length; g++) {
      GridState grid = all.grids[g];
      long tile = grid.tileOf(event.moment());
      if (grid.takes(values) && tileWaits.get(g).merge(tile, 1, Integer::sum) == 1) {
        grid.tiles.replace(tile, grid.copyOf(tile));
      }
    }
    for (int s = 0; s < all.sessions.length; s++) {
      if (values[input(s)] != null && sessionWaits[s]++ == 0) {
        all.sessions[s] = settled.sessions[s].copy();
      }
    }
    for (int i = 0; i < all.lifetime.length; i++) {
      TimelinePlan.Slot slot = settled.plan.lifetime().slots().get(i);
      if (values[slot.input()] != null && lifetimeWaits[i]++ == 0) {
        Algebra<Object> algebra = slot.algebra();
        all.lifetime[i] = settled.lifetime[i] == null ? null : algebra.copy(settled.lifetime[i]);
      }
    }
    all.fold(event);
  }

  /** Takes note that a pending event was folded into the settled state. */
  void settled(Event event) {
    Object[] values = event.values();
    for (int g = 0; g < all.grids.length; g++) {
      long tile = all.grids[g].tileOf(event.moment());
      if (all.grids[g].takes(values) && oneLess(tileWaits.get(g), tile) == 0) {
        all.grids[g].tiles.replace(tile, settled.grids[g].tiles.find(tile));
      }
    }
    for (int s = 0; s < all.sessions.length; s++) {
      if (values[input(s)] != null && --sessionWaits[s] == 0) {
        all.sessions[s] = settled.sessions[s];
      }
    }
    for (int i = 0; i < all.lifetime.length; i++) {
      int input = settled.plan.lifetime().slots().get(i).input();
      if (values[input] != null && --lifetimeWaits[i] == 0) {
        all.lifetime[i] = settled.lifetime[i];
      }
    }
  }

  private int input(int session) {
    return settled.plan.sessions().get(session).input();
  }

  private static int oneLess(Map<Long, Integer> waits, long tile) {
    Integer left = waits.computeIfPresent(tile, (t, count) -> count == 1 ? null : count - 1);
    return left == null ? 0 : left;
  }
}
