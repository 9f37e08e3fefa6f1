package io.plumbline.jobs.stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plumbline.aggregate.StoredValue;
import io.plumbline.definition.Aggregation;
import io.plumbline.definition.Definitions;
import io.plumbline.definition.Feature;
import io.plumbline.expression.DerivedExpression;
import io.plumbline.jobs.conformance.ConformanceCase;
import io.plumbline.jobs.feature.FeatureSet;
import io.plumbline.jobs.redis.FeatureStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What Redis holds of keys, each at the time of its values and at the time up to which everything
 * is written, as rows to ask a backfill for.
 */
final class RedisParity {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Of two roundings of positive terms. */
  private static final double ROUNDING = 1e-12;

  private final FeatureSet.Plans plans;
  private final List<Row> rows = new ArrayList<>();
  private final Map<String, DerivedExpression> expressions = new HashMap<>();

  /** A key's values, as they are to be finished at a time. */
  private record Row(String entity, String key, long at, Map<String, Object> values) {}

  /**
   * Reads keys.
   *
   * @param keys by entity; absent ones and tombstones have no values
   */
  RedisParity(LiveRun run, Map<String, Set<String>> keys) {
    plans = run.plans();
    long written = run.progress();
    FeatureStore store = run.store();
    keys.forEach(
        (entity, names) -> {
          List<String> some = List.copyOf(names);
          List<java.util.Optional<FeatureStore.Stored>> held = store.readAll(entity, some);
          for (int i = 0; i < some.size(); i++) {
            String key = some.get(i);
            if (held.get(i).isEmpty()) {
              rows.add(new Row(entity, key, written, Map.of()));
              continue;
            }
            FeatureStore.Stored stored = held.get(i).get();
            rows.add(new Row(entity, key, stored.asOf(), stored.values()));
            if (stored.asOf() < written) {
              rows.add(new Row(entity, key, written, stored.values()));
            }
          }
        });
  }

  /** Rows with values, and values over all rows. */
  int values() {
    return rows.stream().mapToInt(row -> row.values.size()).sum();
  }

  /** Keys that Redis has nothing to say of. */
  long empty() {
    return rows.stream().filter(row -> row.values.isEmpty()).map(Row::key).distinct().count();
  }

  /** What to ask the backfill, as JSON lines. */
  List<String> observations() {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      Row row = rows.get(i);
      ObjectNode line = JSON.createObjectNode().put("row", i).put("at", row.at);
      for (var plan : plans.entities()) {
        plans.definitions().entity(plan.entity()).keys().forEach(line::putNull);
      }
      List<String> columns = plans.definitions().entity(row.entity).keys();
      List<String> parts = parts(row.key);
      for (int part = 0; part < columns.size(); part++) {
        line.put(columns.get(part), parts.get(part));
      }
      lines.add(line.toString());
    }
    return lines;
  }

  /** What {@link io.plumbline.jobs.feature.EntityKey} has put together. */
  private static List<String> parts(String key) {
    return Arrays.stream(key.split("\\|", -1))
        .map(part -> part.replace("%7C", "|").replace("%25", "%"))
        .toList();
  }

  /** Each value, derived ones too, that differs from a backfill's. */
  List<String> differences(List<JsonNode> backfill) throws IOException {
    Definitions definitions = plans.definitions();
    List<String> differences = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      Row row = rows.get(i);
      for (Feature feature : definitions.features()) {
        if (feature.entity().equals(row.entity)) {
          JsonNode value = shown(value(feature, row));
          JsonNode wanted = backfill.get(i).path(definitions.column(feature));
          if (!matches(feature, wanted, value)) {
            differences.add(row + " " + feature.id() + ": " + value + ", not " + wanted);
          }
        }
      }
    }
    return differences;
  }

  /** Each value that differs from the naive reference's, by more than its aggregate's bound. */
  List<String> differences(NaiveReference naive) throws IOException {
    List<String> differences = new ArrayList<>();
    for (Row row : rows) {
      for (Feature feature : plans.definitions().features()) {
        if (feature instanceof Feature.Windowed windowed && feature.entity().equals(row.entity)) {
          JsonNode value = shown(value(windowed, row));
          JsonNode wanted = shown(orDefault(windowed, naive.value(windowed, row.key, row.at)));
          if (!ConformanceCase.matches(windowed, wanted, value)) {
            differences.add(row + " " + feature.id() + ": " + value + ", not " + wanted);
          }
        }
      }
    }
    return differences;
  }

  /** Equal; or nearly so, where a reader goes on from a value that was rounded already. */
  private static boolean matches(Feature feature, JsonNode wanted, JsonNode value) {
    boolean rounded =
        feature instanceof Feature.Windowed windowed
            && (windowed.aggregation() instanceof Aggregation.DecayedSum
                || windowed.aggregation() instanceof Aggregation.DecayedCount);
    return wanted.equals(value)
        || rounded
            && wanted.isNumber()
            && value.isNumber()
            && Math.abs(wanted.doubleValue() - value.doubleValue())
                <= ROUNDING * Math.abs(wanted.doubleValue());
  }

  /** As a reader makes it: finished at the time of reading, derived from others, or the default. */
  private Object value(Feature feature, Row row) {
    if (feature instanceof Feature.Windowed windowed) {
      return orDefault(feature, StoredValue.finish(windowed, row.values.get(feature.id()), row.at));
    }
    Feature.Derived derived = (Feature.Derived) feature;
    Map<String, Object> operands = new HashMap<>();
    for (Feature.Operand operand : derived.operands()) {
      operands.put(operand.name(), value(plans.definitions().feature(operand.id()), row));
    }
    DerivedExpression expression =
        expressions.computeIfAbsent(
            feature.id(), id -> DerivedExpression.of(derived, plans.definitions()));
    return orDefault(feature, expression.evaluate(operands::get));
  }

  private static Object orDefault(Feature feature, Object value) {
    return value == null ? feature.info().defaultValue().orElse(null) : value;
  }

  private static JsonNode shown(Object value) throws IOException {
    return JSON.readTree(JSON.writeValueAsString(value));
  }
}
