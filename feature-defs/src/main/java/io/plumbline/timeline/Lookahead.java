package io.plumbline.timeline;

import io.plumbline.aggregate.Algebra;

/**
 * A source's state as if every pending event were folded. What no pending event ever touched is
 * shared with the settled state, what one touches is a copy. When all events of a copied tile have
 * settled, the two are equal again and the copy is given up, but not that of the newest tile, which
 * the next event will want. Settling thus changes nothing that is shown here, and what is shown
 * here never changes what is settled.
 */
final class Lookahead {
  /** How many tiles of a grid may keep a copy that no event needs. */
  private static final int SPARE_COPIES = 2;

  private final SourceState settled;
  private final SourceState all;
  private final Waits[] waits;
  private final boolean[] ownSessions;
  private final boolean[] ownLifetime;

  /** Looks at a settled state that no event waits for. */
  Lookahead(SourceState settled) {
    this.settled = settled;
    this.all = new SourceState(settled.plan);
    this.waits = new Waits[settled.grids.length];
    this.ownSessions = new boolean[settled.sessions.length];
    this.ownLifetime = new boolean[settled.lifetime.length];
    for (int g = 0; g < settled.grids.length; g++) {
      all.grids[g].tiles.share(settled.grids[g].tiles);
      waits[g] = new Waits();
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
      if (grid.takes(values)) {
        if (waits[g].add(tile)) {
          grid.own(tile);
          giveUpCopies(g);
        }
        grid.add(tile, values, event.moment());
      }
    }
    for (int s = 0; s < all.sessions.length; s++) {
      if (!ownSessions[s] && values[settled.plan.sessions().get(s).input()] != null) {
        all.sessions[s] = settled.sessions[s].copy();
        ownSessions[s] = true;
      }
    }
    for (int i = 0; i < all.lifetime.length; i++) {
      TimelinePlan.Slot slot = settled.plan.lifetime().slots().get(i);
      if (!ownLifetime[i] && values[slot.input()] != null) {
        Algebra<Object> algebra = slot.algebra();
        all.lifetime[i] = settled.lifetime[i] == null ? null : algebra.copy(settled.lifetime[i]);
        ownLifetime[i] = true;
      }
    }
    all.foldBeside(values, event.moment());
  }

  /** Takes note that a pending event was folded into the settled state. */
  void settled(Event event) {
    Object[] values = event.values();
    for (int g = 0; g < all.grids.length; g++) {
      if (all.grids[g].takes(values)) {
        waits[g].less(all.grids[g].tileOf(event.moment()));
      }
    }
  }

  private void giveUpCopies(int g) {
    for (int i = waits[g].size() - SPARE_COPIES - 1; i >= 0; i--) {
      if (waits[g].count(i) == 0) {
        long tile = waits[g].tile(i);
        all.grids[g].tiles.replace(tile, settled.grids[g].tiles.find(tile));
        waits[g].remove(i);
      }
    }
  }
}
