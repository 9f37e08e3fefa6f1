package io.plumbline.bench.alternatives;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.rocksdb.RocksDBException;

/** An event of one of many keys is added to its tiles, and its windows are read. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class KeyedTilesBenchmark {
  @Param public KeyedTiles.Place place;
  @Param public KeyedTilesRun.Density density;

  private KeyedTilesRun run;

  /** Fills all windows, and compacts the files. */
  @Setup
  public void prepare() throws IOException, RocksDBException {
    run = new KeyedTilesRun(place, density);
    run.bytes();
  }

  /** One event. */
  @Benchmark
  public Object[] event() throws IOException, RocksDBException {
    return run.event();
  }

  /** Deletes the files. */
  @TearDown
  public void close() {
    run.close();
  }
}
