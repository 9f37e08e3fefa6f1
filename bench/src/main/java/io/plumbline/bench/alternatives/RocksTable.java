package io.plumbline.bench.alternatives;

import io.plumbline.bench.Folders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.rocksdb.CompactRangeOptions;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteOptions;

/** RocksDB in a temporary folder, without a write-ahead log, as Flink uses it. */
final class RocksTable implements AutoCloseable {
  private final Path folder;
  private final Options options = new Options().setCreateIfMissing(true);
  private final WriteOptions writing = new WriteOptions().setDisableWAL(true);
  private final RocksDB table;

  RocksTable() {
    RocksDB.loadLibrary();
    try {
      folder = Files.createTempDirectory("plumbline-bench");
      table = RocksDB.open(options, folder.toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (RocksDBException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The value of a key; null if there is none. */
  byte[] get(byte[] key) throws RocksDBException {
    return table.get(key);
  }

  void put(byte[] key, byte[] value) throws RocksDBException {
    table.put(writing, key, value);
  }

  void delete(byte[] key) throws RocksDBException {
    table.delete(writing, key);
  }

  /** To be closed. */
  RocksIterator iterate() {
    return table.newIterator();
  }

  /** Bytes of the files when all is written and compacted. */
  long compactedBytes() throws RocksDBException {
    try (CompactRangeOptions compaction =
        new CompactRangeOptions()
            .setBottommostLevelCompaction(CompactRangeOptions.BottommostLevelCompaction.kForce)) {
      // A range without bounds flushes first.
      table.compactRange(table.getDefaultColumnFamily(), null, null, compaction);
      return table.getLongProperty("rocksdb.live-sst-files-size");
    }
  }

  @Override
  public void close() {
    table.close();
    writing.close();
    options.close();
    try {
      Folders.delete(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
