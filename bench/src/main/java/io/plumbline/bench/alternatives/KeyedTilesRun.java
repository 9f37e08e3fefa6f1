package io.plumbline.bench.alternatives;

import io.plumbline.aggregate.Moment;
import java.io.IOException;
import org.rocksdb.RocksDBException;

/** Events of many keys that take turns, each with every tile filled. */
public final class KeyedTilesRun implements AutoCloseable {
  /** How many events of a key share a tile. */
  public enum Density {
    ONE(1),
    SIXTEEN(16);

    final int perTile;

    Density(int perTile) {
      this.perTile = perTile;
    }
  }

  static final int KEYS = 10_000;

  /** Coprime to the number of keys: they come in an order that is not that of their bytes. */
  private static final long STRIDE = 6_007;

  private static final long START_MS = 1_767_225_600_000L;
  private static final long TILE_MS = KeyTiles.GRID.slideMs();

  private final KeyedTiles tiles;
  private final int perTile;
  private final Double[] amounts = Amounts.prepared();
  private long next;
  private long round = START_MS;

  /** Fills each tile of each key with one event. */
  KeyedTilesRun(KeyedTiles.Place place, Density density) throws IOException, RocksDBException {
    this.tiles = KeyedTiles.in(place);
    this.perTile = density.perTile;
    for (int key = 0; key < KEYS; key++) {
      KeyTiles filled = new KeyTiles(tiles.aggregates);
      for (int n = 0; n < KeyTiles.TILES; n++) {
        filled.add(amount(n * KEYS + key), moment(key, round + n * TILE_MS));
      }
      tiles.keep(key, filled);
    }
    round += KeyTiles.TILES * TILE_MS;
  }

  /** The next event; gives what its key's features are then. */
  Object[] event() throws IOException, RocksDBException {
    int key = (int) (next * STRIDE % KEYS);
    Object[] values = tiles.event(key, amount(next), moment(key, round));
    if (++next % KEYS == 0) {
      round += TILE_MS / perTile;
    }
    return values;
  }

  private Double amount(long event) {
    return amounts[(int) event & (amounts.length - 1)];
  }

  /** Each key has its own minute, so that they do not all turn at once. */
  private Moment moment(int key, long time) {
    long at = time + key * TILE_MS / KEYS;
    return new Moment(at, at, 0, next);
  }

  /** Bytes of all keys in files. */
  long bytes() throws IOException, RocksDBException {
    return tiles.bytes();
  }

  @Override
  public void close() {
    tiles.close();
  }
}
