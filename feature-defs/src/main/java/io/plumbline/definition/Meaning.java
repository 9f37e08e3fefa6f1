package io.plumbline.definition;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.plumbline.expression.Contribution;
import io.plumbline.time.Durations;
import io.plumbline.time.TimeField;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;

/**
 * What a version of a feature means, property by property, as definitions write it: two of equal
 * meaning have equal values after equal events. What stands in for a value that is not there, and
 * what only people read, is presentation.
 */
public final class Meaning {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String NOTHING = "none";
  private static final String FIELD = "type of field ";

  private Meaning() {}

  /** Of a feature: text by property, e.g. {@code window} and {@code {sliding: 1h, every: 5m}}. */
  public static Map<String, String> of(Feature feature, Definitions definitions) {
    Map<String, String> properties = new LinkedHashMap<>();
    properties.put("entity", feature.entity());
    if (feature instanceof Feature.Windowed windowed) {
      windowed(windowed, properties);
      admission(definitions.source(windowed.source()), properties);
      fields(windowed, definitions, properties);
    } else if (feature instanceof Feature.Derived derived) {
      properties.put("derive", derived.expression());
      derived.operands().forEach(o -> properties.put("operand " + o.name(), o.id()));
    }
    return properties;
  }

  /** Whether a property says of what type a field is that the feature reads. */
  public static boolean isOfField(String property) {
    return property.startsWith(FIELD);
  }

  /** How a feature looks, whatever it means. */
  public static Map<String, String> presentation(Feature feature) {
    Feature.Info info = feature.info();
    Map<String, String> properties = new LinkedHashMap<>();
    properties.put("default", info.defaultValue().map(Meaning::json).orElse("null"));
    properties.put("description", info.description());
    properties.put("owner", info.owner());
    properties.put(
        "freshness",
        info.freshnessMs().isPresent()
            ? Durations.format(info.freshnessMs().getAsLong())
            : NOTHING);
    properties.put("expected", info.expected().map(JsonNode::toString).orElse(NOTHING));
    return properties;
  }

  private static void windowed(Feature.Windowed feature, Map<String, String> properties) {
    properties.put("source", feature.source());
    properties.put("where", feature.where().orElse(NOTHING));
    properties.put("value", feature.value().orElse(NOTHING));
    properties.put("type of value", feature.valueType().map(ValueType::toString).orElse(NOTHING));
    properties.put("aggregate", aggregation(feature.aggregation()));
    properties.put("window", window(feature.window()));
    properties.put("emit", feature.emit() == Emit.LIVE ? "live" : "closed");
    properties.put(
        "retain",
        feature.retainMs().isPresent()
            ? Durations.format(feature.retainMs().getAsLong())
            : NOTHING);
  }

  private static void admission(Source source, Map<String, String> properties) {
    String of = "source's ";
    properties.put(of + "event_time", source.eventTime());
    properties.put(of + "ingested_at", ingestedAt(source.ingestedAt()));
    properties.put(of + "event_id", source.eventId().orElse(NOTHING));
    properties.put(of + "lateness", Durations.format(source.latenessMs()));
    properties.put(of + "max_clock_skew", Durations.format(source.maxClockSkewMs()));
  }

  private static String ingestedAt(Source.IngestedAt ingestedAt) {
    if (ingestedAt instanceof Source.IngestedAt.Field field) {
      return "field " + field.name();
    }
    return ingestedAt instanceof Source.IngestedAt.Log ? "log" : "record";
  }

  private static void fields(
      Feature.Windowed feature, Definitions definitions, Map<String, String> properties) {
    Source source = definitions.source(feature.source());
    Entity entity = definitions.entity(feature.entity());
    properties.put("entity's keys", entity.keys().toString());
    TreeSet<String> read = new TreeSet<>(Contribution.of(source, feature).fields());
    read.addAll(entity.keys());
    read.add(source.eventTime());
    source.eventId().ifPresent(read::add);
    read.forEach(
        name ->
            properties.put(
                FIELD + name,
                TimeField.nonNull(source.schema().getField(name).schema()).toString()));
  }

  private static String aggregation(Aggregation aggregation) {
    String keyword = AggregateKind.of(aggregation).keyword();
    Iterator<JsonNode> parameters = JSON.<JsonNode>valueToTree(aggregation).elements();
    return parameters.hasNext() ? "{" + keyword + ": " + parameters.next() + "}" : keyword;
  }

  private static String window(Window window) {
    if (window instanceof Window.Sliding w) {
      String offset = w.offsetMs() == 0 ? "" : ", offset: " + Durations.format(w.offsetMs());
      String size = Durations.format(w.sizeMs());
      return w.isTumbling()
          ? "{tumbling: " + size + offset + "}"
          : "{sliding: " + size + ", every: " + Durations.format(w.slideMs()) + offset + "}";
    }
    return window instanceof Window.Session session
        ? "{session: " + Durations.format(session.gapMs()) + "}"
        : "lifetime";
  }

  private static String json(Object value) {
    return JSON.valueToTree(value).toString();
  }
}
