package io.plumbline.bench.alternatives;

import io.plumbline.aggregate.Algebra;
import io.plumbline.aggregate.Moment;
import io.plumbline.time.TileGrid;
import java.util.ArrayList;
import java.util.List;

/**
 * A live window over tiles that moves forward, in the ways that there are to keep its aggregate.
 * Tiles and accumulators are the same in all of them.
 */
public abstract class MovingWindow {
  /** How the aggregate comes about. */
  public enum Way {
    /** All tiles are merged at each read. */
    SCAN("scan of all tiles"),

    /** What leaves is subtracted; only where that is exact. */
    SUBTRACT("subtract what leaves"),

    /** Aggregates of suffixes up to a boundary, and one of what comes after it. */
    TWO_STACKS("two-stacks"),

    /** Tiles of tiles, of which few cover the window. */
    LADDER("ladder of tiles, 8 in each");

    final String label;

    Way(String label) {
      this.label = label;
    }
  }

  /** Room for tiles that are ahead of the last read, or that late events still go to. */
  private static final int SLACK = 4;

  final Algebra<Object> algebra;
  final TileGrid grid;
  final long tiles;
  final TileRing ring;

  private MovingWindow(Algebra<Object> algebra, TileGrid grid, long tiles) {
    this.algebra = algebra;
    this.grid = grid;
    this.tiles = tiles;
    this.ring = new TileRing(tiles + SLACK);
  }

  /**
   * An empty window.
   *
   * @param tiles how long it is
   * @param lagMs how long after it happened an event may come
   */
  static MovingWindow of(Way way, Algebra<Object> algebra, TileGrid grid, long tiles, long lagMs) {
    return switch (way) {
      case SCAN -> new Scan(algebra, grid, tiles);
      case SUBTRACT -> new Subtract((Algebra.Invertible<Object>) algebra, grid, tiles);
      case TWO_STACKS -> new TwoStacks(algebra, grid, tiles, lagMs);
      case LADDER -> new Ladder(algebra, grid, tiles);
    };
  }

  /** An empty window over events in order, kept as the product does. */
  static MovingWindow of(Algebra<Object> algebra, TileGrid grid, long tiles) {
    boolean invertible = algebra instanceof Algebra.Invertible;
    return of(invertible ? Way.SUBTRACT : Way.TWO_STACKS, algebra, grid, tiles, 0);
  }

  /** The accumulator of a tile; null if it is empty. */
  final Object tile(long number) {
    return ring.get(number);
  }

  /** Puts a tile into a window that was not read yet. */
  final void put(long number, Object accumulator) {
    ring.put(number, accumulator);
  }

  /** Takes in an event, which is not after the next read's time. */
  void add(Object value, Moment moment) {
    long tile = grid.tileOf(moment.eventTime());
    ring.put(tile, algebra.add(ring.at(tile, algebra), value, moment));
    added(tile, value, moment);
  }

  abstract void added(long tile, Object value, Moment moment);

  /**
   * The aggregate at a time, not before the last read's; not to be changed, good until the next
   * call.
   */
  final Object show(long time) {
    long newest = grid.tileOf(time);
    return show(newest - tiles + 1, newest, time);
  }

  abstract Object show(long first, long newest, long time);

  /** Merges the tiles from {@code from} up to and with {@code to}. */
  final Object merge(long from, long to) {
    Object merged = algebra.zero();
    for (long tile = from; tile <= to; tile++) {
      Object part = ring.get(tile);
      if (part != null) {
        merged = algebra.merge(merged, part);
      }
    }
    return merged;
  }

  private static final class Scan extends MovingWindow {
    Scan(Algebra<Object> algebra, TileGrid grid, long tiles) {
      super(algebra, grid, tiles);
    }

    @Override
    void added(long tile, Object value, Moment moment) {}

    @Override
    Object show(long first, long newest, long time) {
      return merge(first, newest);
    }
  }

  private static final class Subtract extends MovingWindow {
    private final Algebra.Invertible<Object> invertible;
    private Object running;
    private long shownFirst;

    Subtract(Algebra.Invertible<Object> algebra, TileGrid grid, long tiles) {
      super(algebra, grid, tiles);
      this.invertible = algebra;
    }

    @Override
    void added(long tile, Object value, Moment moment) {
      if (running != null && tile >= shownFirst) {
        running = invertible.add(running, value, moment);
      }
    }

    @Override
    Object show(long first, long newest, long time) {
      if (running == null || first - shownFirst > SLACK) {
        running = merge(first, newest);
      } else {
        for (long tile = shownFirst; tile < first; tile++) {
          Object part = ring.get(tile);
          if (part != null) {
            running = invertible.subtract(running, part);
          }
        }
      }
      shownFirst = first;
      return running;
    }
  }

  /** As the product's: where events may still come, nothing is stacked. */
  private static final class TwoStacks extends MovingWindow {
    private final long lagMs;

    /** For each tile from {@code frontFirst} on, the aggregate from it up to the boundary. */
    private Object[] front = new Object[0];

    private long frontFirst;
    private long boundary;
    private Object back;

    TwoStacks(Algebra<Object> algebra, TileGrid grid, long tiles, long lagMs) {
      super(algebra, grid, tiles);
      this.lagMs = lagMs;
    }

    @Override
    void added(long tile, Object value, Moment moment) {
      if (back != null) {
        back = tile >= boundary ? algebra.add(back, value, moment) : null;
      }
    }

    @Override
    Object show(long first, long newest, long time) {
      if (back == null || first > boundary) {
        stack(first, newest, grid.tileOf(time - lagMs));
      }
      if (first == boundary) {
        return back;
      }
      int i = (int) (first - frontFirst);
      if (i > 0) {
        front[i - 1] = null;
      }
      return front[i] == null ? back : algebra.merge(algebra.copy(front[i]), back);
    }

    private void stack(long first, long newest, long quiet) {
      boundary = Math.max(first, quiet);
      frontFirst = first;
      front = new Object[(int) (boundary - first)];
      Object suffix = null;
      for (int i = front.length - 1; i >= 0; i--) {
        Object part = ring.get(first + i);
        if (part != null) {
          suffix = algebra.merge(suffix == null ? algebra.zero() : algebra.copy(suffix), part);
        }
        front[i] = suffix;
      }
      back = merge(boundary, newest);
    }
  }

  /**
   * Rungs of tiles, each eight times as long as those below, as long as they fit into the window. A
   * read climbs from its first tile; it need not climb down again, as nothing lies after now.
   */
  private static final class Ladder extends MovingWindow {
    private static final int BITS = 3;

    private final List<TileRing> rungs = new ArrayList<>();

    Ladder(Algebra<Object> algebra, TileGrid grid, long tiles) {
      super(algebra, grid, tiles);
      rungs.add(ring);
      for (long size = tiles >> BITS; size > 0; size >>= BITS) {
        rungs.add(new TileRing(size + SLACK));
      }
    }

    @Override
    void added(long tile, Object value, Moment moment) {
      for (int k = 1; k < rungs.size(); k++) {
        TileRing rung = rungs.get(k);
        long of = tile >> (BITS * k);
        rung.put(of, algebra.add(rung.at(of, algebra), value, moment));
      }
    }

    @Override
    Object show(long first, long newest, long time) {
      Object merged = algebra.zero();
      int k = 0;
      for (long tile = first; tile <= newest; tile += 1L << (BITS * k)) {
        while (k + 1 < rungs.size() && (tile & ((1L << (BITS * (k + 1))) - 1)) == 0) {
          k++;
        }
        Object part = rungs.get(k).get(tile >> (BITS * k));
        if (part != null) {
          merged = algebra.merge(merged, part);
        }
      }
      return merged;
    }
  }
}
