package io.plumbline.bench.alternatives;

import io.plumbline.aggregate.Aggregate;
import io.plumbline.aggregate.Moment;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

/** The tiles of many keys, and the places in RocksDB where they can be. */
public abstract class KeyedTiles implements AutoCloseable {
  /** Where tiles are. */
  public enum Place {
    /** All tiles of a key in one value, read and written for each event. */
    VALUE("a value for each key"),

    /** An entry for each tile: one read and written for an event, all read when a tile begins. */
    MAP("a map entry for each tile"),

    /** One value for each key; the object stays at hand, and is written now and then. */
    AT_HAND("a value, its object at hand, written each 16 events");

    final String label;

    Place(String label) {
      this.label = label;
    }
  }

  /** So many events of a key are written at a time, where it is at hand. */
  private static final int WRITTEN_EACH = 16;

  private static final int KEY_GROUPS = 128;

  final List<Aggregate<Object>> aggregates = KeyTiles.three();
  final RocksTable table = new RocksTable();
  private final DataOutputSerializer keyBytes = new DataOutputSerializer(32);
  final DataOutputSerializer out = new DataOutputSerializer(4096);
  final DataInputDeserializer in = new DataInputDeserializer();

  private KeyedTiles() {}

  static KeyedTiles in(Place place) {
    return switch (place) {
      case VALUE -> new Values();
      case MAP -> new Entries();
      case AT_HAND -> new AtHand();
    };
  }

  /** An event of a key, none before others of that key; gives what the key's features are then. */
  abstract Object[] event(int key, Double amount, Moment moment)
      throws IOException, RocksDBException;

  /** Keeps all tiles of a key of which nothing is kept yet. */
  void keep(int key, KeyTiles tiles) throws IOException, RocksDBException {
    write(key, tiles);
  }

  /** Bytes of all keys in files. */
  long bytes() throws IOException, RocksDBException {
    return table.compactedBytes();
  }

  @Override
  public void close() {
    table.close();
  }

  /** A key as Flink writes it: key group, key, the void namespace. */
  final DataOutputSerializer key(int key) throws IOException {
    keyBytes.clear();
    keyBytes.writeShort(key % KEY_GROUPS);
    keyBytes.writeLong(key);
    keyBytes.writeByte(0);
    return keyBytes;
  }

  final KeyTiles read(int key) throws IOException, RocksDBException {
    byte[] value = table.get(key(key).getCopyOfBuffer());
    in.setBuffer(value);
    return KeyTiles.read(aggregates, in);
  }

  final void write(int key, KeyTiles tiles) throws IOException, RocksDBException {
    out.clear();
    tiles.write(out);
    table.put(key(key).getCopyOfBuffer(), out.getCopyOfBuffer());
  }

  private static final class Values extends KeyedTiles {
    @Override
    Object[] event(int key, Double amount, Moment moment) throws IOException, RocksDBException {
      KeyTiles tiles = read(key);
      Object[] values = tiles.add(amount, moment);
      write(key, tiles);
      return values;
    }
  }

  private static final class AtHand extends KeyedTiles {
    private static final class Held {
      final KeyTiles tiles;
      int unwritten;

      Held(KeyTiles tiles, int unwritten) {
        this.tiles = tiles;
        this.unwritten = unwritten;
      }
    }

    private final Map<Integer, Held> atHand = new HashMap<>();

    @Override
    void keep(int key, KeyTiles tiles) throws IOException, RocksDBException {
      super.keep(key, tiles);
      // As if some events had come: else all keys would be written at once.
      atHand.put(key, new Held(tiles, key % WRITTEN_EACH));
    }

    @Override
    Object[] event(int key, Double amount, Moment moment) throws IOException, RocksDBException {
      Held held = atHand.get(key);
      Object[] values = held.tiles.add(amount, moment);
      if (++held.unwritten == WRITTEN_EACH) {
        write(key, held.tiles);
        held.unwritten = 0;
      }
      return values;
    }

    @Override
    long bytes() throws IOException, RocksDBException {
      for (Map.Entry<Integer, Held> entry : atHand.entrySet()) {
        write(entry.getKey(), entry.getValue().tiles);
      }
      return super.bytes();
    }
  }

  private static final class Entries extends KeyedTiles {
    private static final int TILE_AT = Short.BYTES + Long.BYTES + 1;

    @Override
    void keep(int key, KeyTiles tiles) throws IOException, RocksDBException {
      TileEntry before = TileEntry.empty(aggregates);
      for (long tile = tiles.newest() - KeyTiles.TILES + 1; tile <= tiles.newest(); tile++) {
        TileEntry entry = TileEntry.of(aggregates, tiles.tile(tile));
        if (tile == tiles.newest()) {
          entry.before = before.before;
        } else {
          before.addBefore(entry);
        }
        table.put(place(key, tile), encode(entry));
      }
    }

    @Override
    Object[] event(int key, Double amount, Moment moment) throws IOException, RocksDBException {
      long tile = KeyTiles.GRID.tileOf(moment.eventTime());
      byte[] place = place(key, tile);
      byte[] old = table.get(place);
      TileEntry entry = old == null ? begin(key, tile) : decode(old);
      for (int i = 0; i < aggregates.size(); i++) {
        entry.tile[i] = aggregates.get(i).algebra().add(entry.tile[i], amount, moment);
      }
      table.put(place, encode(entry));
      return entry.values(moment.eventTime());
    }

    /** Begins a tile: merges those before it that are still in the window, deletes the others. */
    private TileEntry begin(int key, long tile) throws IOException, RocksDBException {
      TileEntry newest = TileEntry.empty(aggregates);
      try (RocksIterator entries = table.iterate()) {
        // Tiles are not negative here, so that their bytes are in their order.
        for (entries.seek(place(key, 0)); entries.isValid(); entries.next()) {
          byte[] place = entries.key();
          if (!isOf(place, key)) {
            break;
          }
          if (tileOf(place) <= tile - KeyTiles.TILES) {
            table.delete(place);
            continue;
          }
          TileEntry older = decode(entries.value());
          newest.addBefore(older);
          if (older.before != null) {
            older.before = null;
            table.put(place, encode(older));
          }
        }
      }
      return newest;
    }

    private byte[] place(int key, long tile) throws IOException {
      DataOutputSerializer bytes = key(key);
      bytes.writeLong(tile);
      return bytes.getCopyOfBuffer();
    }

    private boolean isOf(byte[] place, int key) throws IOException {
      in.setBuffer(place);
      return in.readShort() == key % KEY_GROUPS && in.readLong() == key;
    }

    private long tileOf(byte[] place) throws IOException {
      in.setBuffer(place, TILE_AT, Long.BYTES);
      return in.readLong();
    }

    private TileEntry decode(byte[] value) throws IOException {
      in.setBuffer(value);
      return TileEntry.read(aggregates, in);
    }

    private byte[] encode(TileEntry entry) throws IOException {
      out.clear();
      entry.write(out);
      return out.getCopyOfBuffer();
    }
  }
}
