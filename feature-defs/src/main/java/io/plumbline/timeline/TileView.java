package io.plumbline.timeline;

import io.plumbline.aggregate.Algebra;
import io.plumbline.aggregate.Moment;
import io.plumbline.definition.Emit;
import io.plumbline.time.TileGrid;

/**
 * The aggregate of a window that moves forward over tiles, kept so that neither an event nor a
 * question costs more for a longer window. A cache: everything in it can be made again from the
 * tiles.
 *
 * <p>The tiles from {@code first} up to {@code end} are in the view. A live view has no end: events
 * are added as they come. A closed one takes whole tiles as they close.
 */
abstract class TileView {
  final TimelinePlan.ViewPlan plan;
  final Algebra<Object> algebra;
  private final TileGrid grid;
  private final long latenessMs;
  boolean made;
  long first;
  long end;

  private TileView(
      TimelinePlan.ViewPlan plan, Algebra<Object> algebra, TileGrid grid, long latenessMs) {
    this.plan = plan;
    this.algebra = algebra;
    this.grid = grid;
    this.latenessMs = latenessMs;
  }

  /**
   * @param lagMs how long after its event time an event can become known
   */
  static TileView of(
      TimelinePlan.ViewPlan plan,
      Algebra<Object> algebra,
      TileGrid grid,
      long latenessMs,
      long lagMs) {
    return algebra instanceof Algebra.Invertible<Object> invertible
        ? new Subtracting(plan, invertible, grid, latenessMs)
        : new TwoStacks(plan, algebra, grid, latenessMs, lagMs);
  }

  /** First tile that this view can show at {@code time} or later. */
  final long firstAt(long time) {
    return plan.emit() == Emit.LIVE
        ? grid.liveFirst(time, plan.tiles())
        : TileGrid.saturatedSubtract(grid.closedEnd(time, latenessMs), plan.tiles());
  }

  private long endAt(long time) {
    return plan.emit() == Emit.LIVE ? Long.MAX_VALUE : grid.closedEnd(time, latenessMs);
  }

  /** Takes in an event that was just added to its tile. */
  final void added(long tile, Object value, Moment moment) {
    if (made && tile >= first && tile < end) {
      add(tile, value, moment);
    }
  }

  /**
   * The aggregate of the window shown at {@code time}; not to be changed, good until the next call.
   * Null if it is empty.
   *
   * @param settled up to when all that is known has come, epoch ms
   */
  final Object show(Tiles tiles, long time, long settled) {
    advance(tiles, time, settled);
    return current();
  }

  /** Moves the window on to where it is at {@code time}, if it was ever shown and is behind. */
  final void retire(Tiles tiles, long time) {
    if (made && first < firstAt(time)) {
      advance(tiles, time, time);
    }
  }

  /** When what is shown next changes without an event; {@code Long.MAX_VALUE} if never. */
  final long nextChange(Tiles tiles, long time) {
    boolean live = plan.emit() == Emit.LIVE;
    long shownEnd = endAt(time);
    long next = Long.MAX_VALUE;
    int shown = tiles.firstFrom(firstAt(time));
    if (shown < tiles.size() && tiles.number(shown) < shownEnd) {
      long past = TileGrid.saturatedAdd(tiles.number(shown), plan.tiles());
      next = live ? grid.startOf(past) : closedAt(past);
    }
    int coming = live ? tiles.size() : tiles.firstFrom(shownEnd);
    return coming < tiles.size() ? Math.min(next, closedAt(tiles.number(coming))) : next;
  }

  /** From when on a closed view can show a tile. */
  final long closedAt(long tile) {
    return TileGrid.saturatedAdd(grid.startOf(TileGrid.saturatedAdd(tile, 1)), latenessMs);
  }

  private void advance(Tiles tiles, long time, long settled) {
    long wantedFirst = firstAt(time);
    long wantedEnd = endAt(time);
    if (made && wantedFirst == first && wantedEnd == end) {
      return;
    }
    if (!made || wantedFirst < first || wantedEnd < end || wantedFirst >= end) {
      make(tiles, wantedFirst, wantedEnd, settled);
      made = true;
    } else {
      move(tiles, wantedFirst, wantedEnd, settled);
    }
    first = wantedFirst;
    end = wantedEnd;
  }

  abstract void add(long tile, Object value, Moment moment);

  abstract Object current();

  abstract void make(Tiles tiles, long newFirst, long newEnd, long settled);

  abstract void move(Tiles tiles, long newFirst, long newEnd, long settled);

  /** Merges the tiles in {@code [from, to)} into an accumulator. */
  final Object mergeTiles(Tiles tiles, Object into, long from, long to) {
    Object result = into;
    for (int i = tiles.firstFrom(from); i < tiles.size() && tiles.number(i) < to; i++) {
      Object part = tiles.slots(i)[plan.slot()];
      if (part != null) {
        result = algebra.merge(result, part);
      }
    }
    return result;
  }

  /** Takes away what leaves: exact, because invertible algebras are. */
  private static final class Subtracting extends TileView {
    private final Algebra.Invertible<Object> invertible;
    private Object running;

    Subtracting(
        TimelinePlan.ViewPlan plan,
        Algebra.Invertible<Object> invertible,
        TileGrid grid,
        long latenessMs) {
      super(plan, invertible, grid, latenessMs);
      this.invertible = invertible;
    }

    @Override
    void add(long tile, Object value, Moment moment) {
      running = invertible.add(running, value, moment);
    }

    @Override
    Object current() {
      return invertible.isEmpty(running) ? null : running;
    }

    @Override
    void make(Tiles tiles, long newFirst, long newEnd, long settled) {
      running = mergeTiles(tiles, invertible.zero(), newFirst, newEnd);
    }

    @Override
    void move(Tiles tiles, long newFirst, long newEnd, long settled) {
      int leave = tiles.firstFrom(first);
      int stay = tiles.firstFrom(newFirst);
      if (stay - leave > tiles.size() - stay) {
        make(tiles, newFirst, newEnd, settled);
        return;
      }
      if (newEnd > end) {
        running = mergeTiles(tiles, running, end, newEnd);
      }
      for (int i = leave; i < stay; i++) {
        Object part = tiles.slots(i)[plan.slot()];
        if (part != null) {
          running = invertible.subtract(running, part);
        }
      }
    }
  }

  /**
   * Two-stacks (Adamax; Tangwongsan et al., "In-order sliding-window aggregation in worst-case
   * constant time"): behind a boundary, where events no longer come, each tile knows the aggregate
   * from itself up to the boundary; what lies after the boundary is one aggregate.
   */
  private static final class TwoStacks extends TileView {
    private final TileGrid grid;
    private final long lagMs;
    private Object[] front;
    private long[] frontNumbers;
    private int head;
    private long boundary;
    private Object back;

    TwoStacks(
        TimelinePlan.ViewPlan plan,
        Algebra<Object> algebra,
        TileGrid grid,
        long latenessMs,
        long lagMs) {
      super(plan, algebra, grid, latenessMs);
      this.grid = grid;
      this.lagMs = lagMs;
    }

    @Override
    void add(long tile, Object value, Moment moment) {
      if (tile >= boundary) {
        back = algebra.add(back, value, moment);
      } else {
        made = false;
      }
    }

    @Override
    Object current() {
      if (head == front.length) {
        return algebra.isEmpty(back) ? null : back;
      }
      return algebra.isEmpty(back) ? front[head] : algebra.merge(algebra.copy(front[head]), back);
    }

    @Override
    void make(Tiles tiles, long newFirst, long newEnd, long settled) {
      long quiet = grid.tileOf(TileGrid.saturatedSubtract(settled, lagMs));
      boundary = Math.max(newFirst, Math.min(quiet, newEnd));
      int from = tiles.firstFrom(newFirst);
      int to = tiles.firstFrom(boundary);
      front = new Object[to - from];
      frontNumbers = new long[to - from];
      head = 0;
      Object sum = null;
      for (int i = to - 1; i >= from; i--) {
        Object part = tiles.slots(i)[plan.slot()];
        if (part != null) {
          sum = algebra.merge(sum == null ? algebra.zero() : algebra.copy(sum), part);
        }
        front[i - from] = sum;
        frontNumbers[i - from] = tiles.number(i);
      }
      trimEmpty();
      back = mergeTiles(tiles, algebra.zero(), boundary, newEnd);
    }

    /** The newest tiles may lack this slot: they hold nothing to show. */
    private void trimEmpty() {
      int filled = front.length;
      while (filled > 0 && front[filled - 1] == null) {
        filled--;
      }
      if (filled < front.length) {
        front = java.util.Arrays.copyOf(front, filled);
      }
    }

    @Override
    void move(Tiles tiles, long newFirst, long newEnd, long settled) {
      if (newFirst > boundary) {
        make(tiles, newFirst, newEnd, settled);
        return;
      }
      if (newEnd > end) {
        back = mergeTiles(tiles, back, end, newEnd);
      }
      while (head < front.length && frontNumbers[head] < newFirst) {
        front[head++] = null;
      }
    }
  }
}
