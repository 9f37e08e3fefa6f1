package io.plumbline.bench.windows;

import io.plumbline.definition.DefinitionBundle;
import io.plumbline.definition.Feature;
import io.plumbline.jobs.feature.FeatureSet;
import io.plumbline.time.Knowledge;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Writes definitions of features over purchases. */
public final class FeatureText {
  /** The source's name. */
  static final String SOURCE = "purchase";

  /** The entity's name. */
  static final String ENTITY = "user";

  /** Fields to aggregate, as many as a hundred features and more can differ in. */
  static final List<String> AMOUNTS = List.of("amount", "amount_1", "amount_2", "amount_3");

  /** The eight windows. */
  static final List<String> WINDOWS =
      List.of(
          "{tumbling: 1m}",
          "{tumbling: 5m}",
          "{sliding: 1h, every: 1m}",
          "{sliding: 24h, every: 1h}",
          "{sliding: 7d, every: 1h}",
          "{sliding: 30d, every: 1d}",
          "{session: 30m}",
          "lifetime");

  private static final List<String> AGGREGATES =
      List.of(
          "count",
          "sum",
          "max",
          "mean",
          "min",
          "stddev_samp",
          "first",
          "last",
          "{last_n: 3}",
          "var_pop",
          "{decayed_sum: 1h}",
          "time_since_last");

  private static final String SCHEMA =
      """
      {"type": "record", "name": "Purchase", "fields": [
        {"name": "user_id", "type": "string"},
        {"name": "bought_at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
        {"name": "amount", "type": "double"},
        {"name": "amount_1", "type": "double"},
        {"name": "amount_2", "type": "double"},
        {"name": "amount_3", "type": "double"}
      ]}
      """;

  private final StringBuilder yaml = new StringBuilder();
  private int features;

  /**
   * @param lateness how long after it happened an event may reach the log
   */
  public FeatureText(Duration lateness) {
    line("sources:");
    line("  - name: %s", SOURCE);
    line("    schema: purchase.avsc");
    line("    topic: purchases");
    line("    event_time: bought_at");
    line("    ingested_at: record");
    line("    log_disorder: 0s");
    line("    lateness: %dms", lateness.toMillis());
    line("entities:");
    line("  - name: %s", ENTITY);
    line("    keys: [user_id]");
    line("features:");
  }

  /** Count, sum and maximum of the amount over one window. */
  public FeatureText three(String window, String emit) {
    for (String aggregate : AGGREGATES.subList(0, 3)) {
      add(aggregate, AMOUNTS.get(0), window, emit);
    }
    return this;
  }

  /** Twenty features over eight windows: count and sum of each, and the maximum of half of them. */
  FeatureText twenty() {
    for (String window : WINDOWS) {
      add("count", AMOUNTS.get(0), window, "live");
      add("sum", AMOUNTS.get(0), window, "live");
    }
    WINDOWS.subList(2, 6).forEach(window -> add("max", AMOUNTS.get(0), window, "live"));
    return this;
  }

  /** So many different features over eight windows. */
  FeatureText many(int count) {
    int each = WINDOWS.size() * AGGREGATES.size();
    if (count > each * AMOUNTS.size()) {
      throw new IllegalArgumentException(count + " features; " + each * AMOUNTS.size() + " differ");
    }
    for (int i = 0; i < count; i++) {
      String aggregate = AGGREGATES.get(i / WINDOWS.size() % AGGREGATES.size());
      add(aggregate, AMOUNTS.get(i / each), WINDOWS.get(i % WINDOWS.size()), "live");
    }
    return this;
  }

  private void add(String aggregate, String value, String window, String emit) {
    line("  - name: f%d", features++);
    line("    entity: %s", ENTITY);
    line("    source: %s", SOURCE);
    line("    aggregate: %s", aggregate);
    if (!aggregate.equals("count") && !aggregate.equals("time_since_last")) {
      line("    value: %s", value);
    }
    line("    window: %s", window);
    line("    emit: %s", emit);
  }

  private void line(String format, Object... arguments) {
    yaml.append(String.format(Locale.ROOT, format, arguments)).append('\n');
  }

  /** The features defined so far, in order. */
  public FeatureSet set() {
    DefinitionBundle bundle =
        new DefinitionBundle(Map.of("features.yaml", yaml.toString(), "purchase.avsc", SCHEMA));
    List<String> ids = bundle.definitions().features().stream().map(Feature::id).toList();
    return new FeatureSet(bundle, ids, Knowledge.AS_KNOWN);
  }

  /** How a window is written. */
  static String window(Duration size, Duration slide) {
    return size.equals(slide)
        ? "{tumbling: " + size.toMinutes() + "m}"
        : "{sliding: " + size.toMinutes() + "m, every: " + slide.toMinutes() + "m}";
  }
}
