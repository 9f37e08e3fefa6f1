package io.plumbline.definition;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plumbline.expression.Contribution;
import io.plumbline.time.TimeField;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.avro.Schema;

/**
 * Tells whether two definitions mean the same: SHA-256, in hex, over a canonical form of all that
 * changes values or where they come from. Words for people, promises, drift baselines and the
 * layout of files do not count.
 */
public final class Fingerprint {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private Fingerprint() {}

  /** Of a whole set; equal for two sets that compute the same values. */
  public static String of(Definitions definitions) {
    ObjectNode all = NODES.objectNode();
    ObjectNode sources = all.putObject("sources");
    byName(definitions.sources(), Source::name).forEach((n, s) -> sources.set(n, source(s)));
    ObjectNode entities = all.putObject("entities");
    byName(definitions.entities(), Entity::name).forEach((n, e) -> entities.set(n, entity(e)));
    ObjectNode features = all.putObject("features");
    byName(definitions.features(), Feature::id).forEach((n, f) -> features.set(n, feature(f)));
    ObjectNode active = all.putObject("active");
    new TreeMap<>(definitions.active()).forEach(active::put);
    return sha256(all.toString());
  }

  /**
   * Of what the state of one version of a feature means, whatever its default: two features of
   * equal meaning hold equal state after equal events. A field added to the source's schema does
   * not change it.
   */
  public static String ofState(Feature.Windowed feature, Definitions definitions) {
    Source source = definitions.source(feature.source());
    Entity entity = definitions.entity(feature.entity());
    ObjectNode meaning = windowed(feature);
    meaning.set("keys", entity(entity));
    meaning.set("admission", admission(source));
    TreeSet<String> read = new TreeSet<>(Contribution.of(source, feature).fields());
    read.addAll(entity.keys());
    read.add(source.eventTime());
    source.eventId().ifPresent(read::add);
    ObjectNode fields = meaning.putObject("fields");
    read.forEach(
        name ->
            fields.set(name, schema(TimeField.nonNull(source.schema().getField(name).schema()))));
    return sha256(meaning.toString());
  }

  private static <T> Map<String, T> byName(List<T> all, Function<T, String> name) {
    return all.stream()
        .collect(Collectors.toMap(name, one -> one, (first, second) -> first, TreeMap::new));
  }

  private static ObjectNode source(Source source) {
    ObjectNode node = admission(source);
    node.put("topic", source.topic());
    node.put("encoding", source.encoding().name());
    node.set("schema", schema(source.schema()));
    return node;
  }

  private static ObjectNode admission(Source source) {
    ObjectNode node = NODES.objectNode();
    node.put("event_time", source.eventTime());
    node.put("ingested_at", ingestedAt(source.ingestedAt()));
    node.put("event_id", source.eventId().orElse(null));
    node.put("lateness_ms", source.latenessMs());
    node.put("max_clock_skew_ms", source.maxClockSkewMs());
    return node;
  }

  private static String ingestedAt(Source.IngestedAt ingestedAt) {
    if (ingestedAt instanceof Source.IngestedAt.Field field) {
      return "field " + field.name();
    }
    return ingestedAt instanceof Source.IngestedAt.Log ? "log" : "record";
  }

  private static ArrayNode entity(Entity entity) {
    ArrayNode keys = NODES.arrayNode();
    entity.keys().forEach(keys::add);
    return keys;
  }

  private static ObjectNode feature(Feature feature) {
    ObjectNode node =
        feature instanceof Feature.Windowed windowed
            ? windowed(windowed)
            : derived((Feature.Derived) feature);
    node.put("entity", feature.entity());
    node.put("type", feature.type().toString());
    node.set("default", JSON.valueToTree(feature.info().defaultValue().orElse(null)));
    return node;
  }

  private static ObjectNode derived(Feature.Derived feature) {
    ObjectNode node = NODES.objectNode();
    node.put("derive", feature.expression());
    ObjectNode operands = node.putObject("operands");
    feature.operands().forEach(operand -> operands.put(operand.name(), operand.id()));
    return node;
  }

  private static ObjectNode windowed(Feature.Windowed feature) {
    ObjectNode node = NODES.objectNode();
    node.put("source", feature.source());
    node.put("where", feature.where().orElse(null));
    node.put("value", feature.value().orElse(null));
    node.put("value_type", feature.valueType().map(ValueType::toString).orElse(null));
    node.put("aggregate", aggregation(feature.aggregation()));
    node.put("window", window(feature.window()));
    node.put("emit", feature.emit().name());
    feature.retainMs().ifPresent(millis -> node.put("retain_ms", millis));
    return node;
  }

  private static String aggregation(Aggregation aggregation) {
    String keyword = AggregateKind.of(aggregation).keyword();
    return keyword + JSON.<JsonNode>valueToTree(aggregation);
  }

  private static String window(Window window) {
    if (window instanceof Window.Sliding w) {
      return "every " + w.slideMs() + " of " + w.sizeMs() + " offset " + w.offsetMs();
    }
    return window instanceof Window.Session session ? "session " + session.gapMs() : "lifetime";
  }

  /** The schema without documentation, its keys sorted. */
  private static JsonNode schema(Schema schema) {
    try {
      return canonical(JSON.readTree(schema.toString()));
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static JsonNode canonical(JsonNode node) {
    if (node instanceof ArrayNode array) {
      ArrayNode copy = NODES.arrayNode();
      array.forEach(element -> copy.add(canonical(element)));
      return copy;
    }
    if (node instanceof ObjectNode object) {
      ObjectNode copy = NODES.objectNode();
      TreeSet<String> keys = new TreeSet<>();
      object.fieldNames().forEachRemaining(keys::add);
      keys.remove("doc");
      keys.forEach(
          key ->
              copy.set(key, key.equals("default") ? object.get(key) : canonical(object.get(key))));
      return copy;
    }
    return node;
  }

  private static String sha256(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
