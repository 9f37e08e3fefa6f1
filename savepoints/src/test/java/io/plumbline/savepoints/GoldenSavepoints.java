package io.plumbline.savepoints;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plumbline.jobs.stream.StreamPlan;
import io.plumbline.timeline.Timeline;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.flink.core.execution.SavepointFormatType;

/**
 * Makes savepoints that later versions must restore: {@code savepoints/golden/README.md} says when.
 * Argument: the folder of the version, which must not be there yet.
 */
final class GoldenSavepoints {
  /** What a savepoint holds, beside it. */
  static final String EXPECTED = "expected.json";

  private static final List<String> BACKENDS = List.of("hashmap", "rocksdb");
  private static final int PURCHASES = 120;

  private GoldenSavepoints() {}

  public static void main(String[] arguments) throws Exception {
    Path version = Path.of(arguments[0]);
    Files.createDirectory(version);
    Path work = Files.createTempDirectory("golden");
    LiveJobs jobs = LiveJobs.start(work);
    Path definitions = GoldenShop.definitions(work.resolve("defs"));
    Shop shop = new Shop(jobs.kafka());
    long now = System.currentTimeMillis();
    shop.buy(PURCHASES, now - 3 * Scene.HOUR, now - 1000);
    shop.buy("u1", now + Scene.HOUR);
    for (String backend : BACKENDS) {
      StreamPlan plan =
          jobs.start(backend, definitions, new LiveJobs.Start(backend, 1, null, Set.of()));
      jobs.awaitWritten(backend, plan, shop.last());
      Path left = Path.of(URI.create(jobs.stop(backend, work, SavepointFormatType.CANONICAL)));
      copy(left, version.resolve(backend));
      Files.writeString(
          version.resolve(backend + "-" + EXPECTED),
          contents(version.resolve(backend), Long.MIN_VALUE).toPrettyString() + "\n");
    }
    jobs.stop();
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    }
  }

  /**
   * Every key's features at knowledge time, how much waits, and where logs go on.
   *
   * @param notBefore the features are as of then if that is later, epoch ms
   */
  static ObjectNode contents(Path path, long notBefore) {
    ObjectNode contents = Json.object();
    try (Savepoint savepoint = Savepoint.open(path)) {
      long time = Math.max(notBefore, savepoint.knowledgeTime().orElseThrow());
      contents.put("knowledge_time", Json.time(time));
      for (String entity : savepoint.entities()) {
        ObjectNode keys = contents.putObject(entity);
        features(savepoint.timelines(entity), entity, time)
            .forEach((key, features) -> keys.set(key, Json.values(features)));
      }
      ObjectNode offsets = contents.putObject("offsets");
      savepoint.positions().forEach(p -> offsets.put(p.topic() + " " + p.partition(), p.offset()));
    }
    return contents;
  }

  private static Map<String, Map<String, Object>> features(
      Timelines timelines, String entity, long time) {
    FeatureValues values = new FeatureValues(timelines.plans(), entity);
    Map<String, Map<String, Object>> byKey = new TreeMap<>();
    timelines.forEach(
        kept -> {
          Timeline timeline = kept.timeline();
          Map<String, Object> features = values.at(timeline, time);
          features.put("pending", List.of(timeline.pending()));
          byKey.put(kept.key(), features);
        });
    return byKey;
  }

  /** The golden savepoints of all versions. */
  static List<Path> all(Path golden) throws IOException {
    List<Path> all = new ArrayList<>();
    try (Stream<Path> files = Files.walk(golden)) {
      files
          .filter(file -> file.getFileName().toString().equals("_metadata"))
          .forEach(file -> all.add(file.getParent()));
    }
    all.sort(null);
    return all;
  }
}
