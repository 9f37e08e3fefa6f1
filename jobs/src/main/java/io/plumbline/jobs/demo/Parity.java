package io.plumbline.jobs.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plumbline.aggregate.StoredValue;
import io.plumbline.definition.Definitions;
import io.plumbline.definition.Feature;
import io.plumbline.jobs.feature.FeatureSet;
import io.plumbline.jobs.redis.FeatureStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Values that Redis holds, as rows that a backfill can be asked for: the key and the time of the
 * values. What the backfill answers must be what Redis held.
 */
final class Parity {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final FeatureSet.Plans plans;
  private final TreeMap<Long, Held> held = new TreeMap<>();
  private final long firstRow;

  private record Held(String entity, String key, FeatureStore.Stored stored) {}

  /**
   * @param firstRow number of the first row
   */
  Parity(FeatureSet.Plans plans, long firstRow) {
    this.plans = plans;
    this.firstRow = firstRow;
  }

  /** Takes down what a key has; keys of one part only. */
  void sample(FeatureStore store, String entity, List<String> keys) {
    List<Optional<FeatureStore.Stored>> read = store.readAll(entity, keys);
    for (int i = 0; i < keys.size(); i++) {
      if (read.get(i).isPresent()) {
        held.put(firstRow + held.size(), new Held(entity, keys.get(i), read.get(i).get()));
      }
    }
  }

  int keys() {
    return held.size();
  }

  /** Values taken down, over all keys. */
  int values() {
    return held.values().stream().mapToInt(h -> h.stored.values().size()).sum();
  }

  /** The latest time of all values, epoch ms. */
  long latest() {
    return held.values().stream().mapToLong(h -> h.stored.asOf()).max().orElse(Long.MIN_VALUE);
  }

  /** What to ask the backfill, as JSON lines. */
  List<String> observations() {
    List<String> lines = new ArrayList<>();
    held.forEach(
        (row, key) -> {
          ObjectNode line = JSON.createObjectNode();
          line.put("row", row).put("at", key.stored.asOf());
          for (var plan : plans.entities()) {
            for (String column : plans.definitions().entity(plan.entity()).keys()) {
              line.put(column, plan.entity().equals(key.entity) ? key.key : null);
            }
          }
          lines.add(line.toString());
        });
    return lines;
  }

  /** Each value that differs from the backfill's. */
  List<String> differences(TableRows backfill) {
    List<String> differences = new ArrayList<>();
    Definitions definitions = plans.definitions();
    held.forEach(
        (row, key) -> {
          JsonNode expected = backfill.row(row);
          for (Feature feature : definitions.features()) {
            if (feature instanceof Feature.Windowed windowed
                && feature.entity().equals(key.entity)) {
              JsonNode wanted = expected.path(definitions.column(feature));
              JsonNode value = json(value(windowed, key.stored));
              if (!wanted.equals(value)) {
                differences.add(
                    key.entity
                        + " "
                        + key.key
                        + " "
                        + feature.id()
                        + " at "
                        + key.stored.asOf()
                        + ": "
                        + value
                        + " in Redis, "
                        + wanted
                        + " from the lake");
              }
            }
          }
        });
    return differences;
  }

  /** As a reader makes it: finished at the time of the values, or the default. */
  private static Object value(Feature.Windowed feature, FeatureStore.Stored stored) {
    Object value = stored.values().get(feature.id());
    Object finished = value == null ? null : StoredValue.finish(feature, value, stored.asOf());
    return finished == null ? feature.info().defaultValue().orElse(null) : finished;
  }

  private static JsonNode json(Object value) {
    try {
      return JSON.readTree(JSON.writeValueAsString(value));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
