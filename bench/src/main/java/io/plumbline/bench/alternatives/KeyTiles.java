package io.plumbline.bench.alternatives;

import io.plumbline.aggregate.Aggregate;
import io.plumbline.aggregate.Moment;
import io.plumbline.time.TileGrid;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/** One key's tiles of an hour, a minute each: count, sum and maximum, and the windows over them. */
final class KeyTiles {
  /** Tiles of a key. */
  static final int TILES = 60;

  static final TileGrid GRID = new TileGrid(Duration.ofMinutes(1).toMillis(), 0);

  private final List<Aggregate<Object>> aggregates;
  private final MovingWindow[] windows;
  private long newest = Long.MIN_VALUE;

  KeyTiles(List<Aggregate<Object>> aggregates) {
    this.aggregates = aggregates;
    this.windows = new MovingWindow[aggregates.size()];
    for (int i = 0; i < windows.length; i++) {
      windows[i] = MovingWindow.of(aggregates.get(i).algebra(), GRID, TILES);
    }
  }

  /** What is aggregated. */
  static List<Aggregate<Object>> three() {
    return List.of(Amounts.count(), Amounts.sum(), Amounts.max());
  }

  /** Adds an event, not before others, and gives what the features are then. */
  Object[] add(Double amount, Moment moment) {
    newest = GRID.tileOf(moment.eventTime());
    Object[] values = new Object[windows.length];
    for (int i = 0; i < windows.length; i++) {
      windows[i].add(amount, moment);
      Object shown = windows[i].show(moment.eventTime());
      values[i] = aggregates.get(i).finisher().finish(shown, moment.eventTime());
    }
    return values;
  }

  /** The newest tile's number. */
  long newest() {
    return newest;
  }

  /** The accumulators of a tile that is not empty. */
  Object[] tile(long number) {
    return Arrays.stream(windows).map(window -> window.tile(number)).toArray();
  }

  /** Writes the newest tile's number, and the tiles from the oldest on. */
  void write(DataOutput out) throws IOException {
    out.writeLong(newest);
    for (long tile = newest - TILES + 1; tile <= newest; tile++) {
      boolean empty = windows[0].tile(tile) == null;
      out.writeBoolean(empty);
      for (int i = 0; !empty && i < windows.length; i++) {
        aggregates.get(i).algebra().write(windows[i].tile(tile), out);
      }
    }
  }

  /** Reads what {@link #write} wrote. */
  static KeyTiles read(List<Aggregate<Object>> aggregates, DataInput in) throws IOException {
    KeyTiles key = new KeyTiles(aggregates);
    key.newest = in.readLong();
    for (long tile = key.newest - TILES + 1; tile <= key.newest; tile++) {
      boolean empty = in.readBoolean();
      for (int i = 0; !empty && i < key.windows.length; i++) {
        key.windows[i].put(tile, aggregates.get(i).algebra().read(in));
      }
    }
    return key;
  }
}
