package io.plumbline.definition;

import io.plumbline.expression.EventExpression;
import io.plumbline.expression.EventSchema;
import io.plumbline.expression.InvalidExpression;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BiFunction;
import java.util.function.Function;

/** Reads the entries of {@code features}, in two kinds: windowed and derived. */
final class FeatureReader {
  private static final List<String> COMMON_KEYS =
      List.of(
          "name", "version", "description", "entity", "default", "freshness", "expected", "owner");
  private static final List<String> WINDOWED_KEYS =
      List.of("source", "where", "value", "aggregate", "window", "emit", "retain");

  private final Registry<Source> sources;
  private final Registry<Entity> entities;
  private final Map<String, EventSchema> schemas = new HashMap<>();

  FeatureReader(Registry<Source> sources, Registry<Entity> entities) {
    this.sources = sources;
    this.entities = entities;
  }

  FeatureDraft read(YamlMap map, YamlValue name) {
    int version = map.get("version").map(v -> v.integer("version", 1).orElse(1)).orElse(1);
    Optional<Entity> entity = map.require("entity", "what it describes").flatMap(entities::find);
    Optional<YamlValue> derive = map.get("derive");
    Optional<Feature.Windowed> windowed = Optional.empty();
    if (derive.isPresent()) {
      checkKeysOfDerived(map);
    } else {
      List<String> keys = new ArrayList<>(COMMON_KEYS);
      keys.addAll(WINDOWED_KEYS);
      keys.add("derive");
      map.allow(keys);
      windowed = windowed(map, name, version, entity);
    }
    return new FeatureDraft(map, name, version, entity, windowed, derive);
  }

  private static void checkKeysOfDerived(YamlMap map) {
    List<String> keys = new ArrayList<>(COMMON_KEYS);
    keys.add("derive");
    for (String key : WINDOWED_KEYS) {
      if (map.has(key)) {
        YamlValue at = map.entries().get(key).key();
        at.problem(
            "a derived feature has no " + key, "remove " + key + ", or derive where it is meant");
        keys.add(key);
      }
    }
    map.allow(keys);
  }

  private Optional<Feature.Windowed> windowed(
      YamlMap map, YamlValue name, int version, Optional<Entity> entity) {
    Optional<Source> source =
        map.require("source", "where its events come from").flatMap(sources::find);
    Optional<EventSchema> events =
        source.map(s -> schemas.computeIfAbsent(s.name(), n -> EventSchema.of(s)));
    Optional<EventExpression> where = compile(map, "where", events, EventSchema::condition);
    Optional<EventExpression> value = compile(map, "value", events, EventSchema::value);
    Optional<Aggregation> aggregation =
        map.require("aggregate", "count").flatMap(AggregationReader::read);
    Optional<Window> window = map.require("window", "{tumbling: 1h}").flatMap(WindowReader::read);
    Emit emit = map.get("emit").map(FeatureReader::emit).orElse(Emit.LIVE);
    OptionalLong retain =
        map.get("retain").map(v -> v.positiveDuration("retain")).orElse(OptionalLong.empty());
    window.ifPresent(w -> checkWindow(map, w, emit, aggregation));
    boolean broken = isBroken(map, "where", where) || isBroken(map, "value", value);
    if (broken || source.isEmpty() || aggregation.isEmpty()) {
      return Optional.empty();
    }
    AggregateKind kind = AggregateKind.of(aggregation.get());
    if (!valueFits(map, kind, value)) {
      return Optional.empty();
    }
    Optional<ValueType> valueType = value.map(EventExpression::type).map(kind::wanted);
    ValueType type = kind.result(valueType);
    Optional<Object> defaultValue =
        map.has("default")
            ? DefaultReader.read(map.get("default").get(), type)
            : kind.defaultValue();
    FeatureDraft draft =
        new FeatureDraft(map, name, version, entity, Optional.empty(), Optional.empty());
    return window.map(
        w ->
            new Feature.Windowed(
                draft.info(defaultValue),
                type,
                source.get().name(),
                written(map, "where"),
                written(map, "value"),
                valueType,
                aggregation.get(),
                w,
                emit,
                retain));
  }

  private static Optional<String> written(YamlMap map, String key) {
    return map.get(key).map(value -> value.toString().strip());
  }

  private static boolean isBroken(YamlMap map, String key, Optional<EventExpression> read) {
    return map.has(key) && read.isEmpty();
  }

  private static Optional<EventExpression> compile(
      YamlMap map,
      String key,
      Optional<EventSchema> events,
      BiFunction<EventSchema, String, EventExpression> compiler) {
    Optional<YamlValue> written = map.get(key);
    Optional<String> text = written.flatMap(v -> v.text(key));
    if (text.isEmpty() || events.isEmpty()) {
      return Optional.empty();
    }
    return expression(written.get(), key, t -> compiler.apply(events.get(), t));
  }

  /** Compiles the text of a value; what is wrong with it becomes a problem. */
  static <E> Optional<E> expression(YamlValue written, String key, Function<String, E> compiler) {
    try {
      return Optional.of(compiler.apply(written.toString()));
    } catch (InvalidExpression e) {
      written.problem(key + ": " + e.what(), e.fix());
      return Optional.empty();
    }
  }

  private static Emit emit(YamlValue value) {
    switch (value.toString()) {
      case "live":
        return Emit.LIVE;
      case "closed":
        return Emit.CLOSED;
      default:
        value.problem("there is no emit '" + value + "'", "write live or closed");
        return Emit.LIVE;
    }
  }

  private static boolean valueFits(
      YamlMap map, AggregateKind kind, Optional<EventExpression> value) {
    if (value.isEmpty()) {
      if (kind.needsValue()) {
        map.get("aggregate")
            .get()
            .problem(
                "aggregate " + kind.keyword() + " needs a value",
                "add value: a field or an expression (" + kind.accepted() + ")");
      }
      return !kind.needsValue();
    }
    EventExpression expression = value.get();
    boolean fits = kind.accepts(expression.type(), expression.isTime());
    if (!fits) {
      String type = expression.isTime() ? "timestamp" : expression.type().toString();
      YamlValue written = map.get("value").get();
      written.problem(
          "aggregate " + kind.keyword() + " cannot take '" + written + "', a " + type,
          "it takes " + kind.accepted());
    }
    return fits;
  }

  private static void checkWindow(
      YamlMap map, Window window, Emit emit, Optional<Aggregation> aggregation) {
    boolean lifetime = window instanceof Window.Lifetime;
    boolean closedSession = window instanceof Window.Session && emit == Emit.CLOSED;
    if (lifetime && emit == Emit.CLOSED) {
      map.get("emit").get().problem("a lifetime never closes", "write emit: live, or leave it out");
    }
    if (!(window instanceof Window.Sliding)
        && aggregation.filter(Aggregation.Rate.class::isInstance).isPresent()) {
      map.get("aggregate")
          .get()
          .problem(
              "a rate needs a window of fixed size",
              "use {tumbling: ...} or {sliding: ..., every: ...}");
    }
    if (map.has("retain") && !lifetime && !closedSession) {
      map.get("retain")
          .get()
          .problem("retain is for lifetime and closed sessions alone", "remove it");
    }
    if (!map.has("retain") && (lifetime || closedSession)) {
      map.whole()
          .warning(
              (lifetime ? "a lifetime" : "a closed session")
                  + " without retain keeps the state of every key for ever",
              "add for example retain: 90d");
    }
  }
}
