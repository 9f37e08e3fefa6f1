package io.plumbline.definition;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plumbline.definition.Feature.Place;
import io.plumbline.time.Durations;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * A value in a YAML file. What it is asked for and is not becomes a problem at its line, and the
 * answer is empty.
 */
final class YamlValue {
  /** Some 2,700 years: sums of a few such durations and a time stay within a long. */
  private static final long LONGEST_MS = Durations.parse("1000000d");

  private final Path file;
  private final Node node;
  private final Findings findings;

  YamlValue(Path file, Node node, Findings findings) {
    this.file = file;
    this.node = node;
    this.findings = findings;
  }

  Path file() {
    return file;
  }

  Place place() {
    return new Place(file.toString(), node.getStartMark().getLine() + 1);
  }

  void problem(String what, String fix) {
    findings.problem(place(), what, fix);
  }

  void warning(String what, String fix) {
    findings.warning(place(), what, fix);
  }

  boolean isNull() {
    return node.getTag().equals(Tag.NULL);
  }

  boolean isScalar() {
    return node instanceof ScalarNode;
  }

  boolean isList() {
    return node instanceof SequenceNode;
  }

  /** As it stands in the file, for messages. */
  @Override
  public String toString() {
    if (node instanceof ScalarNode scalar) {
      return scalar.getValue();
    }
    return node instanceof SequenceNode ? "a list" : "a mapping";
  }

  /** A mapping, whose keys are text and differ. */
  Optional<YamlMap> map(String name) {
    if (!(node instanceof MappingNode mapping)) {
      problem(
          name + " is " + article() + ", not a mapping", "write keys and values, as in name: x");
      return Optional.empty();
    }
    Map<String, YamlMap.Entry> entries = new LinkedHashMap<>();
    for (NodeTuple tuple : mapping.getValue()) {
      YamlValue key = new YamlValue(file, tuple.getKeyNode(), findings);
      YamlValue value = new YamlValue(file, tuple.getValueNode(), findings);
      if (!key.isScalar()) {
        key.problem("a key of " + name + " is " + key, "write a name");
      } else if (entries.putIfAbsent(key.toString(), new YamlMap.Entry(key, value)) != null) {
        key.problem("'" + key + "' is given twice in " + name, "remove one");
      }
    }
    return Optional.of(new YamlMap(this, name, entries));
  }

  /** The elements of a list. */
  List<YamlValue> list(String name) {
    if (node instanceof SequenceNode sequence) {
      return sequence.getValue().stream().map(n -> new YamlValue(file, n, findings)).toList();
    }
    problem(name + " is " + article() + ", not a list", "write a list, as in [a, b]");
    return List.of();
  }

  /** Text as written, stripped, not empty; numbers and booleans read as text, too. */
  Optional<String> text(String name) {
    if (!(node instanceof ScalarNode scalar)) {
      problem(name + " is " + this, "write one value");
      return Optional.empty();
    }
    String text = scalar.getValue().strip();
    if (isNull() || text.isEmpty()) {
      problem(name + " is empty", "give it a value or leave it out");
      return Optional.empty();
    }
    return Optional.of(text);
  }

  /** A whole number from {@code least} on. */
  OptionalInt integer(String name, int least) {
    Optional<String> text = text(name);
    if (text.isEmpty()) {
      return OptionalInt.empty();
    }
    try {
      int value = Integer.parseInt(text.get());
      if (value >= least) {
        return OptionalInt.of(value);
      }
    } catch (NumberFormatException e) {
      // Told below, with the numbers that are too small.
    }
    problem(
        name + " '" + text.get() + "' is not a whole number from " + least + " on",
        "write for example " + Math.max(least, 1));
    return OptionalInt.empty();
  }

  /** A number. */
  Optional<BigDecimal> number(String name) {
    Optional<String> text = text(name);
    try {
      return text.map(BigDecimal::new);
    } catch (NumberFormatException e) {
      problem(name + " '" + text.get() + "' is not a number", "write for example 0.5");
      return Optional.empty();
    }
  }

  /** A duration in milliseconds. */
  OptionalLong duration(String name) {
    Optional<String> text = text(name);
    if (text.isEmpty()) {
      return OptionalLong.empty();
    }
    try {
      long millis = Durations.parse(text.get());
      if (millis <= LONGEST_MS) {
        return OptionalLong.of(millis);
      }
      problem(name + " " + text.get() + " is too long", "at most 1000000d");
    } catch (IllegalArgumentException e) {
      problem(
          name + " '" + text.get() + "' is not a duration",
          "write a whole number and ms, s, m, h or d, as in 90m");
    }
    return OptionalLong.empty();
  }

  /** A duration longer than nothing, in milliseconds. */
  OptionalLong positiveDuration(String name) {
    OptionalLong millis = duration(name);
    if (millis.isPresent() && millis.getAsLong() == 0) {
      problem(name + " " + this + " is not longer than nothing", "write for example 1h");
      return OptionalLong.empty();
    }
    return millis;
  }

  /** Whether it is written as text: in quotes, or as what YAML takes for no number or boolean. */
  boolean isText() {
    return node instanceof ScalarNode scalar
        && (scalar.getScalarStyle() != ScalarStyle.PLAIN
            || node.getTag().equals(Tag.STR)
            || node.getTag().equals(Tag.TIMESTAMP));
  }

  /** A plain {@code true} or {@code false}. */
  Optional<Boolean> bool() {
    boolean plain = node.getTag().equals(Tag.BOOL);
    return switch (plain ? toString() : "") {
      case "true" -> Optional.of(true);
      case "false" -> Optional.of(false);
      default -> Optional.empty();
    };
  }

  /** A mapping as JSON: names to single values or lists of them; deeper is a problem. */
  Optional<JsonNode> flatJson(String name) {
    return map(name)
        .map(
            map -> {
              ObjectNode object = JsonNodeFactory.instance.objectNode();
              map.entries().forEach((key, entry) -> object.set(key, entry.value().json(name)));
              return object;
            });
  }

  private JsonNode json(String name) {
    if (!isList()) {
      return scalarJson(name);
    }
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    list(name).forEach(element -> array.add(element.scalarJson(name)));
    return array;
  }

  private JsonNode scalarJson(String name) {
    JsonNodeFactory json = JsonNodeFactory.instance;
    if (!isScalar()) {
      problem(name + " holds " + this, "write numbers, text or lists of these");
      return json.nullNode();
    }
    if (isNull()) {
      return json.nullNode();
    }
    if (bool().isPresent()) {
      return json.booleanNode(bool().get());
    }
    try {
      return isText() ? json.textNode(toString()) : json.numberNode(new BigDecimal(toString()));
    } catch (NumberFormatException e) {
      return json.textNode(toString());
    }
  }

  private String article() {
    return isNull() ? "empty" : isScalar() ? "'" + this + "'" : toString();
  }
}
