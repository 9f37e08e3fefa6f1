package io.plumbline.jobs.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plumbline.aggregate.StoredValue;
import io.plumbline.definition.Feature;
import io.plumbline.jobs.redis.FeatureStore;
import io.plumbline.jobs.redis.RedisConnection;
import io.plumbline.jobs.redis.RejectedStream;
import io.plumbline.jobs.stream.StreamPlan;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Shows the features of some keys as Redis has them, again and again. */
final class Board {
  static final Duration EVERY = Duration.ofSeconds(2);

  private static final String ENTITY = "user";
  private static final String BUSY = "user_payments_5m:v1";
  private static final List<String> SHOWN =
      List.of(
          BUSY, "user_spend_5m:v1", "user_amount_last:v1", "user_seconds_since_last_payment:v1");
  private static final int KEYS = 5;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final StreamPlan plan;
  private final RedisConnection redis;
  private final FeatureStore store;
  private final LiveFeed feed;
  private final Answers answers;
  private final PrintWriter out;
  private List<String> keys = List.of();

  Board(
      StreamPlan plan,
      RedisConnection redis,
      FeatureStore store,
      LiveFeed feed,
      Answers answers,
      PrintWriter out) {
    this.plan = plan;
    this.redis = redis;
    this.store = store;
    this.feed = feed;
    this.answers = answers;
    this.out = out;
  }

  /** Shows everything as it is now. */
  void show() {
    if (keys.size() < KEYS) {
      keys = busiest();
    }
    long now = System.currentTimeMillis();
    List<JsonNode> rows = new ArrayList<>();
    for (String key : keys) {
      store.read(ENTITY, key).ifPresent(stored -> rows.add(row(key, stored, now)));
    }
    List<String> columns = new ArrayList<>(List.of(ENTITY));
    SHOWN.forEach(id -> columns.add(name(id)));
    columns.add("as of, s ago");
    out.println();
    TableText.of(columns, rows).forEach(line -> out.println("  " + line));
    long sent = feed.sent().values().stream().mapToLong(Long::longValue).sum();
    String behind =
        store.progress().values().stream()
            .min(Comparator.naturalOrder())
            .map(progress -> String.format(Locale.ROOT, "%.1f s", (now - progress) / 1e3))
            .orElse("-");
    out.printf(
        Locale.ROOT,
        "  %,d records sent; rejected %s; %,d of %,d observations answered; settled up to %s ago%n",
        sent,
        rejected(),
        answers.rows().size(),
        feed.observations().size(),
        behind);
    out.flush();
  }

  private List<String> busiest() {
    Map<String, Long> counts = new TreeMap<>();
    store.forEachKey(
        ENTITY,
        key ->
            store
                .read(ENTITY, key)
                .ifPresent(s -> counts.put(key, (Long) s.values().getOrDefault(BUSY, 0L))));
    return counts.entrySet().stream()
        .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
        .limit(KEYS)
        .map(Map.Entry::getKey)
        .toList();
  }

  private JsonNode row(String key, FeatureStore.Stored stored, long now) {
    ObjectNode row = JSON.createObjectNode();
    row.put(ENTITY, key);
    for (String id : SHOWN) {
      Feature.Windowed feature = (Feature.Windowed) plan.set().plans().definitions().feature(id);
      Object value = Optional.ofNullable(stored.values().get(id)).orElse(null);
      Object finished = value == null ? null : StoredValue.finish(feature, value, now);
      row.set(name(id), JSON.valueToTree(finished));
    }
    row.put("as of, s ago", (now - stored.asOf()) / 1e3);
    return row;
  }

  private Map<String, Long> rejected() {
    Map<String, Long> counts = new TreeMap<>();
    RejectedStream stream = new RejectedStream(redis);
    for (String source : plan.set().plans().sources()) {
      stream
          .list(source, RejectedStream.Filter.newest(10_000))
          .forEach(entry -> counts.merge(entry.record().reason().label(), 1L, Long::sum));
    }
    return counts;
  }

  private static String name(String id) {
    return id.substring(0, id.indexOf(':'));
  }
}
