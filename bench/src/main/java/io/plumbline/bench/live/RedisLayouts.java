package io.plumbline.bench.live;

import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import io.lettuce.core.api.StatefulRedisConnection;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;

/**
 * Copies the features that the job has written, database 0, into other layouts in databases of
 * their own, and says what memory each takes.
 */
final class RedisLayouts implements AutoCloseable {
  private static final String HASHES = "fs:user:";
  private static final int PAGE = 500;

  private final RedisClient client;
  private final StatefulRedisConnection<String, String> source;
  private final StatefulRedisConnection<String, String> target;

  RedisLayouts(String uri) {
    client = RedisClient.create(uri);
    source = client.connect();
    target = client.connect();
  }

  /** What the hashes hold, in bytes of text. */
  static final class Contents {
    private long keys;
    private long values;
    private long keyBytes;
    private long fieldBytes;
    private long valueBytes;
    private long markerBytes;

    private void add(String key, Map<String, String> hash) {
      keys++;
      keyBytes += bytes(key);
      hash.forEach(
          (field, value) -> {
            if (field.startsWith("_")) {
              markerBytes += bytes(field) + bytes(value);
            } else {
              values++;
              fieldBytes += bytes(field);
              valueBytes += bytes(value);
            }
          });
    }

    private static long bytes(String text) {
      return text.getBytes(StandardCharsets.UTF_8).length;
    }

    long keys() {
      return keys;
    }

    long values() {
      return values;
    }

    long keyBytes() {
      return keyBytes;
    }

    long fieldBytes() {
      return fieldBytes;
    }

    long valueBytes() {
      return valueBytes;
    }

    /** Of {@code _gen}, {@code _as_of} and {@code _seq}, names and values. */
    long markerBytes() {
      return markerBytes;
    }
  }

  /** Memory that data take: without the buffers of connections. */
  long usedBytes() {
    return info("used_memory") - info("mem_clients_normal");
  }

  private long info(String name) {
    return source
        .sync()
        .info("memory")
        .lines()
        .filter(line -> line.startsWith(name + ":"))
        .mapToLong(line -> Long.parseLong(line.substring(name.length() + 1).strip()))
        .findFirst()
        .orElseThrow();
  }

  String setting(String name) {
    return source.sync().configGet(name).get(name);
  }

  void set(String name, String value) {
    source.sync().configSet(name, value);
  }

  /** How Redis keeps the hash of one user. */
  String encodingOfSome() {
    KeyScanCursor<String> page = page(ScanCursor.INITIAL);
    while (page.getKeys().isEmpty() && !page.isFinished()) {
      page = page(page);
    }
    return source.sync().objectEncoding(page.getKeys().get(0));
  }

  /** Counts what the job has written. */
  Contents contents() throws InterruptedException, ExecutionException {
    Contents contents = new Contents();
    forEach(
        (key, hash) -> {
          contents.add(key, hash);
          return List.of();
        });
    return contents;
  }

  /** Copies the hashes as they are, under the settings that hold now; gives the bytes they take. */
  long asHashes(int database) throws InterruptedException, ExecutionException {
    long before = usedBytes();
    target.sync().select(database);
    forEach((key, hash) -> List.of(target.async().hset(key, hash)));
    return usedBytes() - before;
  }

  /**
   * Copies each value to a key of its own, JSON, with another key that names the latest version.
   */
  long asKeys(int database, boolean withAlias) throws InterruptedException, ExecutionException {
    long before = usedBytes();
    target.sync().select(database);
    forEach(
        (key, hash) -> {
          List<RedisFuture<?>> written = new ArrayList<>();
          keys(key, hash, withAlias)
              .forEach((name, value) -> written.add(target.async().set(name, value)));
          return written;
        });
    return usedBytes() - before;
  }

  private static Map<String, String> keys(String key, Map<String, String> hash, boolean withAlias) {
    Map<String, String> keys = new LinkedHashMap<>();
    hash.forEach(
        (field, value) -> {
          if (!field.startsWith("_")) {
            int colon = field.lastIndexOf(':');
            String name = key + ":" + field.substring(0, colon);
            String version = field.substring(colon + 1);
            keys.put(
                name + ":" + version,
                "{\"value\":%s,\"timestamp\":%s,\"version\":\"%s\"}"
                    .formatted(value, hash.get("_as_of"), version));
            if (withAlias) {
              keys.put(name + ":latest", version);
            }
          }
        });
    return keys;
  }

  /** Takes a hash, and gives what is to be waited for. */
  private interface Each {
    List<RedisFuture<?>> take(String key, Map<String, String> hash);
  }

  private void forEach(Each each) throws InterruptedException, ExecutionException {
    KeyScanCursor<String> page = page(ScanCursor.INITIAL);
    while (true) {
      List<RedisFuture<Map<String, String>>> replies =
          page.getKeys().stream().map(key -> source.async().hgetall(key)).toList();
      List<RedisFuture<?>> written = new ArrayList<>();
      for (int i = 0; i < replies.size(); i++) {
        written.addAll(each.take(page.getKeys().get(i), replies.get(i).get()));
      }
      for (RedisFuture<?> reply : written) {
        reply.get();
      }
      if (page.isFinished()) {
        return;
      }
      page = page(page);
    }
  }

  private KeyScanCursor<String> page(ScanCursor from) {
    return source.sync().scan(from, ScanArgs.Builder.limit(PAGE).match(HASHES + "*"));
  }

  @Override
  public void close() {
    source.close();
    target.close();
    client.shutdown();
  }
}
