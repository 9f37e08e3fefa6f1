package io.plumbline.jobs.generator;

import io.plumbline.time.Durations;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.yaml.snakeyaml.Yaml;

/** What the generator's tests read of the definitions that it writes events for. */
final class ShippedDefinitions {
  private ShippedDefinitions() {}

  /** A source as its definition has it. */
  record SourceDefinition(
      Schema schema,
      String eventTime,
      String eventId,
      long latenessMs,
      long maxClockSkewMs,
      long logDisorderMs) {}

  static Map<String, SourceDefinition> sources(ShippedSet set) {
    Map<String, SourceDefinition> sources = new LinkedHashMap<>();
    for (Map<String, Object> source : list(set, "sources")) {
      sources.put(
          text(source, "name"),
          new SourceDefinition(
              schema(folder(set).resolve(text(source, "schema"))),
              text(source, "event_time"),
              text(source, "event_id"),
              Durations.parse(text(source, "lateness")),
              Durations.parse(text(source, "max_clock_skew")),
              Durations.parse(text(source, "log_disorder"))));
    }
    return sources;
  }

  static List<String> keyFields(ShippedSet set) {
    return list(set, "entities").stream()
        .flatMap(entity -> ((List<?>) entity.get("keys")).stream())
        .map(Object::toString)
        .distinct()
        .toList();
  }

  private static Path folder(ShippedSet set) {
    return Path.of("..", "feature-defs", "sets", set.folder());
  }

  @SuppressWarnings("unchecked")
  private static List<Map<String, Object>> list(ShippedSet set, String part) {
    try {
      String yaml = Files.readString(folder(set).resolve("features.yaml"));
      Map<String, Object> all = new Yaml().load(yaml);
      return (List<Map<String, Object>>) all.get(part);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static Schema schema(Path file) {
    try {
      return new Schema.Parser().parse(file.toFile());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static String text(Map<String, Object> map, String key) {
    return map.get(key).toString();
  }
}
