package io.plumbline.bench.alternatives;

import io.plumbline.bench.alternatives.KeyedTiles.Place;
import io.plumbline.bench.alternatives.KeyedTilesRun.Density;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.openjdk.jmh.results.RunResult;
import org.rocksdb.RocksDBException;

/** Compares the places for tiles in RocksDB. */
final class PlacesOfState {
  /** Each key's turn so many times, tiles beginning and passing. */
  private static final int CHECKED_ROUNDS = 3;

  private PlacesOfState() {}

  /**
   * Checks, measures, and gives a table.
   *
   * @throws IllegalStateException if values differ by where they come from
   */
  static String run(JmhRuns runs) throws IOException, RocksDBException {
    Map<Density, Map<Place, Long>> bytes = new EnumMap<>(Density.class);
    for (Density density : Density.values()) {
      bytes.put(density, check(density));
    }
    Collection<RunResult> results = runs.run(KeyedTilesBenchmark.class, Map.of());
    StringBuilder text = new StringBuilder("\n### Where tiles are, on RocksDB\n\n");
    text.append("| | 1 event per tile, ns/event | 16 per tile, ns/event |");
    text.append(" 1 per tile, allocated | 16 per tile, allocated | state, bytes/key |\n");
    text.append("|---|---:|---:|---:|---:|---:|\n");
    for (Place place : Place.values()) {
      RunResult one = JmhRuns.find(results, Map.of("place", place, "density", Density.ONE));
      RunResult many = JmhRuns.find(results, Map.of("place", place, "density", Density.SIXTEEN));
      text.append(
          String.format(
              Locale.ROOT,
              "| %s | %s | %s | %s | %s | %,d |%n",
              place.label,
              JmhRuns.time(one),
              JmhRuns.time(many),
              JmhRuns.allocated(one),
              JmhRuns.allocated(many),
              bytes.get(Density.ONE).get(place) / KeyedTilesRun.KEYS));
    }
    return text.toString();
  }

  /** Gives the bytes of state in each place, too. */
  private static Map<Place, Long> check(Density density) throws IOException, RocksDBException {
    Map<Place, Long> bytes = new EnumMap<>(Place.class);
    try (KeyedTilesRun value = new KeyedTilesRun(Place.VALUE, density);
        KeyedTilesRun map = new KeyedTilesRun(Place.MAP, density);
        KeyedTilesRun atHand = new KeyedTilesRun(Place.AT_HAND, density)) {
      for (int n = 0; n < CHECKED_ROUNDS * KeyedTilesRun.KEYS; n++) {
        Object[] right = value.event();
        for (Object[] values : List.of(map.event(), atHand.event())) {
          if (!Arrays.equals(values, right)) {
            throw new IllegalStateException(
                String.format(
                    "event %d: %s shows %s, another place %s",
                    n, Place.VALUE.label, Arrays.toString(right), Arrays.toString(values)));
          }
        }
      }
      bytes.put(Place.VALUE, value.bytes());
      bytes.put(Place.MAP, map.bytes());
      bytes.put(Place.AT_HAND, atHand.bytes());
    }
    return bytes;
  }
}
