package io.plumbline.timeline;

import io.plumbline.aggregate.Algebra;
import io.plumbline.aggregate.Moment;
import io.plumbline.time.TileGrid;

/**
 * One aggregate of a {@link TileWindow}, kept so that neither an event nor a question costs more
 * for a longer window.
 */
abstract class TileView {
  final int slot;
  final Algebra<Object> algebra;

  /** Whether it is what its window says; if not, it is to be made again. */
  boolean made;

  /** A window's way: from the tiles in it before to those in it then. */
  record Move(long first, long end, long newFirst, long newEnd, long settled) {}

  private TileView(int slot, Algebra<Object> algebra) {
    this.slot = slot;
    this.algebra = algebra;
  }

  /**
   * @param slot of the tiles' accumulators
   * @param lagMs how long after its event time an event can become known
   */
  static TileView of(int slot, Algebra<Object> algebra, TileGrid grid, long lagMs) {
    return algebra instanceof Algebra.Invertible<Object> invertible
        ? new Subtracting(slot, invertible)
        : new TwoStacks(slot, algebra, grid, lagMs);
  }

  /** Takes in an event whose tile is in the window. */
  abstract void add(long tile, Object value, Moment moment);

  /** The aggregate; null if it is empty. */
  abstract Object current();

  /**
   * Makes the aggregate of the tiles from {@code first} up to {@code end}.
   *
   * @param settled up to when all that is known has come, epoch ms
   */
  abstract void make(Tiles tiles, long first, long end, long settled);

  /** Goes forward; some tiles stay in the window, or it is as good to make it again. */
  abstract void move(Tiles tiles, Move move);

  /** Merges the tiles in {@code [from, to)} into an accumulator. */
  final Object mergeTiles(Tiles tiles, Object into, long from, long to) {
    Object result = into;
    for (int i = tiles.firstFrom(from); i < tiles.size() && tiles.number(i) < to; i++) {
      Object part = tiles.slots(i)[slot];
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

    Subtracting(int slot, Algebra.Invertible<Object> invertible) {
      super(slot, invertible);
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
    void make(Tiles tiles, long first, long end, long settled) {
      running = mergeTiles(tiles, invertible.zero(), first, end);
    }

    @Override
    void move(Tiles tiles, Move move) {
      int leave = tiles.firstFrom(move.first);
      int stay = tiles.firstFrom(move.newFirst);
      if (stay - leave > tiles.size() - stay) {
        make(tiles, move.newFirst, move.newEnd, move.settled);
        return;
      }
      if (move.newEnd > move.end) {
        running = mergeTiles(tiles, running, move.end, move.newEnd);
      }
      for (int i = leave; i < stay; i++) {
        Object part = tiles.slots(i)[slot];
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

    TwoStacks(int slot, Algebra<Object> algebra, TileGrid grid, long lagMs) {
      super(slot, algebra);
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
    void make(Tiles tiles, long first, long end, long settled) {
      long quiet = grid.tileOf(TileGrid.saturatedSubtract(settled, lagMs));
      boundary = Math.max(first, Math.min(quiet, end));
      int from = tiles.firstFrom(first);
      int to = tiles.firstFrom(boundary);
      front = new Object[to - from];
      frontNumbers = new long[to - from];
      head = 0;
      Object sum = null;
      for (int i = to - 1; i >= from; i--) {
        Object part = tiles.slots(i)[slot];
        if (part != null) {
          sum = algebra.merge(sum == null ? algebra.zero() : algebra.copy(sum), part);
        }
        front[i - from] = sum;
        frontNumbers[i - from] = tiles.number(i);
      }
      trimEmpty();
      back = mergeTiles(tiles, algebra.zero(), boundary, end);
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
    void move(Tiles tiles, Move move) {
      if (move.newFirst > boundary) {
        make(tiles, move.newFirst, move.newEnd, move.settled);
        return;
      }
      if (move.newEnd > move.end) {
        back = mergeTiles(tiles, back, move.end, move.newEnd);
      }
      while (head < front.length && frontNumbers[head] < move.newFirst) {
        front[head++] = null;
      }
    }
  }
}
