package io.plumbline.jobs.redis;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import io.plumbline.UserError;
import io.plumbline.aggregate.Decayed;
import io.plumbline.definition.Aggregation;
import io.plumbline.definition.Definitions;
import io.plumbline.definition.Feature;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Reads what jobs have written; values in stored form, which a reader still has to finish. */
public final class FeatureStore {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
  private static final int SCAN_PAGE = 1000;

  private final RedisConnection redis;
  private final Set<String> decayed;

  /**
   * The features of one entity key.
   *
   * @param generation that wrote them
   * @param asOf the time of the values, epoch ms
   * @param values by feature id, in stored form: Long, Double, Boolean, String, {@link Decayed} or
   *     a list; a feature without a value is not there, and its default counts. Empty in a
   *     tombstone
   */
  public record Stored(long generation, long asOf, Map<String, Object> values) {}

  /**
   * @param definitions of the features that are to be read
   */
  public FeatureStore(RedisConnection redis, Definitions definitions) {
    this.redis = redis;
    this.decayed =
        definitions.features().stream()
            .filter(FeatureStore::isDecayed)
            .map(Feature::id)
            .collect(Collectors.toSet());
  }

  private static boolean isDecayed(Feature feature) {
    return feature instanceof Feature.Windowed windowed
        && (windowed.aggregation() instanceof Aggregation.DecayedSum
            || windowed.aggregation() instanceof Aggregation.DecayedCount);
  }

  /**
   * The features of one key; empty if Redis knows none.
   *
   * @param key see {@link io.plumbline.jobs.feature.EntityKey}
   */
  public Optional<Stored> read(String entity, String key) {
    return readAll(entity, List.of(key)).get(0);
  }

  /** The features of several keys, in their order. */
  public List<Optional<Stored>> readAll(String entity, List<String> keys) {
    List<RedisFuture<Map<String, String>>> replies = new ArrayList<>(keys.size());
    for (String key : keys) {
      replies.add(redis.async().hgetall(redis.keys().hash(entity, key)));
    }
    return replies.stream()
        .map(reply -> redis.<Map<String, String>>ask(commands -> reply))
        .map(this::stored)
        .toList();
  }

  private Optional<Stored> stored(Map<String, String> fields) {
    if (fields.isEmpty()) {
      return Optional.empty();
    }
    Map<String, Object> values = new HashMap<>();
    fields.forEach(
        (name, json) -> {
          if (name.charAt(0) != '_') {
            values.put(name, value(name, json));
          }
        });
    return Optional.of(
        new Stored(number(fields, RedisKeys.GENERATION), number(fields, RedisKeys.AS_OF), values));
  }

  private static long number(Map<String, String> fields, String name) {
    String text = fields.get(name);
    if (text == null) {
      throw UserError.invalid(
          "a hash in Redis has no field " + name + ": it was not written by Plumbline");
    }
    return Long.parseLong(text);
  }

  private Object value(String feature, String json) {
    try {
      JsonNode node = JSON.readTree(json);
      return decayed.contains(feature)
          ? new Decayed(node.get(0).doubleValue(), node.get(1).longValue())
          : value(node);
    } catch (JsonProcessingException e) {
      throw UserError.invalid(feature + " in Redis is no JSON: " + json, e);
    }
  }

  private static Object value(JsonNode node) {
    if (node.isArray()) {
      List<Object> list = new ArrayList<>(node.size());
      node.forEach(element -> list.add(value(element)));
      return list;
    }
    if (node.isBoolean()) {
      return node.booleanValue();
    }
    if (node.isIntegralNumber()) {
      return node.longValue();
    }
    return node.isNumber() ? (Object) node.doubleValue() : node.textValue();
  }

  /** Shows every key of an entity, tombstones included; keys that come or go meanwhile may lack. */
  public void forEachKey(String entity, Consumer<String> action) {
    String prefix = redis.keys().hashes(entity);
    ScanArgs pattern = ScanArgs.Builder.limit(SCAN_PAGE).match(prefix + "*");
    KeyScanCursor<String> page = redis.ask(commands -> commands.scan(pattern));
    while (true) {
      page.getKeys().forEach(key -> action.accept(key.substring(prefix.length())));
      if (page.isFinished()) {
        return;
      }
      ScanCursor next = page;
      page = redis.ask(commands -> commands.scan(next, pattern));
    }
  }

  /** Knowledge time up to which everything is written, epoch ms, by entity. */
  public Map<String, Long> progress() {
    Map<String, String> fields = redis.ask(c -> c.hgetall(redis.keys().progress()));
    return fields.entrySet().stream()
        .filter(field -> field.getKey().charAt(0) != '_')
        .collect(Collectors.toMap(Map.Entry::getKey, field -> Long.valueOf(field.getValue())));
  }

  /** Versions that readers are pinned to, by feature name, e.g. {@code 2}. */
  public Map<String, String> active() {
    return redis.ask(c -> c.hgetall(redis.keys().active()));
  }

  /**
   * The namespace that readers are to use.
   *
   * @param redis whose own namespace, usually the default one, names the other
   */
  public static String servingNamespace(RedisConnection redis) {
    String named = redis.ask(c -> c.get(redis.keys().serving()));
    return named == null ? redis.settings().namespace() : named;
  }
}
