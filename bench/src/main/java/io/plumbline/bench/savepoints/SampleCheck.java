package io.plumbline.bench.savepoints;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.RedisClient;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.plumbline.bench.ChildProcess;
import io.plumbline.bench.Folders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Compares what Redis holds of some keys with the rows of a training table that asks for the same
 * keys at the times of those values. A value counts once the job has written everything up to its
 * time. Not for features whose stored form is not their value.
 */
final class SampleCheck implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String AS_OF = "_as_of";
  private static final String VERSION = ":v1";
  private static final int LEAST = 50;
  private static final int MOST_LOOKS = 20_000;

  /** A hash that has no feature holds its headers alone. */
  private static final int HEADER_FIELDS = 3;

  private static final Set<String> NO_FEATURES = Set.of("row", "at");
  private static final long SEED = 7;

  private record Stored(String who, String key, Map<String, String> hash) {}

  private final RedisClient client;
  private final String entity;
  private final String keyField;
  private final List<Stored> stored = new ArrayList<>();

  /**
   * @param redis its URL
   * @param entity whose keys are numbers from 0
   * @param keyField that holds them
   */
  SampleCheck(String redis, String entity, String keyField) {
    this.client = RedisClient.create(redis);
    this.entity = entity;
    this.keyField = keyField;
  }

  /**
   * Takes some keys of a job that has been stopped, of those that did not change while it wrote the
   * last of what it had read.
   *
   * @param keys that there are at most
   * @param enough how many to take at most
   */
  void take(String namespace, int keys, int enough) {
    SplittableRandom random = new SplittableRandom(SEED);
    Map<String, Stored> taken = new TreeMap<>();
    try (StatefulRedisConnection<String, String> redis = client.connect()) {
      RedisCommands<String, String> sync = redis.sync();
      long written = Long.parseLong(sync.hget(namespace + ":_progress", entity));
      for (int i = 0; i < MOST_LOOKS && taken.size() < enough; i++) {
        double u = random.nextDouble();
        // As often popular keys as others.
        String key = Long.toString((long) (keys * (i % 2 == 0 ? u * u * u : u)));
        Map<String, String> hash = sync.hgetall(namespace + ":" + entity + ":" + key);
        if (hash.size() > HEADER_FIELDS && Long.parseLong(hash.get(AS_OF)) <= written) {
          taken.put(key, new Stored(namespace, key, hash));
        }
      }
    }
    if (taken.size() < LEAST) {
      throw new IllegalStateException(
          "only " + taken.size() + " keys of " + namespace + " can be compared");
    }
    stored.addAll(taken.values());
  }

  /** How many keys Redis holds. */
  long count(String namespace) {
    long count = 0;
    try (StatefulRedisConnection<String, String> redis = client.connect()) {
      ScanArgs args = ScanArgs.Builder.matches(namespace + ":" + entity + ":*").limit(10_000);
      ScanCursor cursor = ScanCursor.INITIAL;
      while (!cursor.isFinished()) {
        KeyScanCursor<String> page = redis.sync().scan(cursor, args);
        count += page.getKeys().size();
        cursor = page;
      }
    }
    return count;
  }

  /**
   * Asks for the same by a backfill.
   *
   * @param backfill the launcher and its arguments, but for observations and output
   * @return how many values were compared
   * @throws IllegalStateException if a value differs
   */
  long requireEqual(List<String> backfill, Map<String, String> environment, Path folder)
      throws IOException {
    Folders.delete(folder);
    Files.createDirectories(folder);
    Path observations = folder.resolve("observations.jsonl");
    List<String> lines = new ArrayList<>();
    for (int row = 0; row < stored.size(); row++) {
      Stored s = stored.get(row);
      lines.add(
          JSON.createObjectNode()
              .put("row", row)
              .put("at", Long.parseLong(s.hash.get(AS_OF)))
              .put(keyField, Long.parseLong(s.key))
              .toString());
    }
    Files.write(observations, lines);
    List<String> command = new ArrayList<>(backfill);
    command.addAll(
        List.of(
            "--observations=" + observations, "--out=" + folder.resolve("out"), "--format=jsonl"));
    ChildProcess.run(command, environment, folder.resolve("backfill.log"));
    return compare(folder.resolve("out"));
  }

  private long compare(Path table) throws IOException {
    List<Path> parts;
    try (Stream<Path> files = Files.walk(table)) {
      parts = files.filter(f -> f.getFileName().toString().startsWith("part-")).toList();
    }
    long rows = 0;
    long values = 0;
    for (Path part : parts) {
      for (String line : Files.readAllLines(part)) {
        JsonNode row = JSON.readTree(line);
        values += compare(stored.get(row.get("row").intValue()), row);
        rows++;
      }
    }
    if (rows != stored.size()) {
      throw new IllegalStateException(rows + " rows of " + stored.size() + " in " + table);
    }
    return values;
  }

  /** What Redis does not hold, and what is null, counts as 0: a default. */
  private int compare(Stored stored, JsonNode row) throws IOException {
    int compared = 0;
    for (Map.Entry<String, JsonNode> column : row.properties()) {
      if (!NO_FEATURES.contains(column.getKey()) && !column.getKey().equals(keyField)) {
        String inRedis = stored.hash.get(column.getKey() + VERSION);
        double served = inRedis == null ? 0 : JSON.readTree(inRedis).doubleValue();
        if (served != column.getValue().doubleValue()) {
          throw new IllegalStateException(
              stored + ": a training table has another " + column.getKey() + ": " + row);
        }
        compared++;
      }
    }
    return compared;
  }

  @Override
  public void close() {
    client.shutdown();
  }
}
