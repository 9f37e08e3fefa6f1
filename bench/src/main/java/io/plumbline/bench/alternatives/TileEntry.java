package io.plumbline.bench.alternatives;

import io.plumbline.aggregate.Aggregate;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.List;

/**
 * One tile as an entry of a map: its accumulators and, while it is the newest, those of all tiles
 * before it, so that an event needs no other entry.
 */
final class TileEntry {
  private final List<Aggregate<Object>> aggregates;
  final Object[] tile;

  /** The aggregate of the window's tiles before this; null where this is not the newest. */
  Object[] before;

  private TileEntry(List<Aggregate<Object>> aggregates, Object[] tile) {
    this.aggregates = aggregates;
    this.tile = tile;
  }

  /** A tile that is not the newest. */
  static TileEntry of(List<Aggregate<Object>> aggregates, Object[] tile) {
    return new TileEntry(aggregates, tile);
  }

  /** The newest tile, without an event, and none before it. */
  static TileEntry empty(List<Aggregate<Object>> aggregates) {
    TileEntry entry = of(aggregates, zeros(aggregates));
    entry.before = zeros(aggregates);
    return entry;
  }

  private static Object[] zeros(List<Aggregate<Object>> aggregates) {
    return aggregates.stream().map(aggregate -> aggregate.algebra().zero()).toArray();
  }

  /** Merges an older tile into what is before this one. */
  void addBefore(TileEntry older) {
    for (int i = 0; i < before.length; i++) {
      before[i] = aggregates.get(i).algebra().merge(before[i], older.tile[i]);
    }
  }

  /** The features' values; spends what is before this tile, so that it is to be written first. */
  Object[] values(long time) {
    Object[] values = new Object[tile.length];
    for (int i = 0; i < values.length; i++) {
      Object window = aggregates.get(i).algebra().merge(before[i], tile[i]);
      values[i] = aggregates.get(i).finisher().finish(window, time);
    }
    return values;
  }

  void write(DataOutput out) throws IOException {
    out.writeBoolean(before != null);
    for (int i = 0; i < tile.length; i++) {
      aggregates.get(i).algebra().write(tile[i], out);
      if (before != null) {
        aggregates.get(i).algebra().write(before[i], out);
      }
    }
  }

  /** Reads what {@link #write} wrote. */
  static TileEntry read(List<Aggregate<Object>> aggregates, DataInput in) throws IOException {
    TileEntry entry = of(aggregates, new Object[aggregates.size()]);
    boolean newest = in.readBoolean();
    entry.before = newest ? new Object[aggregates.size()] : null;
    for (int i = 0; i < entry.tile.length; i++) {
      entry.tile[i] = aggregates.get(i).algebra().read(in);
      if (newest) {
        entry.before[i] = aggregates.get(i).algebra().read(in);
      }
    }
    return entry;
  }
}
