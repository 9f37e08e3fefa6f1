package io.plumbline.definition;

import io.plumbline.definition.Feature.Place;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A mapping in a YAML file: keys in the order written, each with its value. */
final class YamlMap {
  /** A key with its value. */
  record Entry(YamlValue key, YamlValue value) {}

  private final YamlValue whole;
  private final String name;
  private final Map<String, Entry> entries;

  YamlMap(YamlValue whole, String name, Map<String, Entry> entries) {
    this.whole = whole;
    this.name = name;
    this.entries = entries;
  }

  /** The same, under another name in messages. */
  YamlMap named(String better) {
    return new YamlMap(whole, better, entries);
  }

  Place place() {
    return whole.place();
  }

  YamlValue whole() {
    return whole;
  }

  Map<String, Entry> entries() {
    return entries;
  }

  boolean has(String key) {
    return entries.containsKey(key);
  }

  Optional<YamlValue> get(String key) {
    return Optional.ofNullable(entries.get(key)).map(Entry::value);
  }

  /** The value; a problem that shows how to write it where there is none. */
  Optional<YamlValue> require(String key, String example) {
    if (!has(key)) {
      whole.problem(name + " has no " + key, "add " + key + ": " + example);
    }
    return get(key);
  }

  /** Every other key is a problem. */
  void allow(List<String> keys) {
    entries.forEach(
        (key, entry) -> {
          if (!keys.contains(key)) {
            entry
                .key()
                .problem("unknown key '" + key + "' in " + name, Names.suggest(key, "key", keys));
          }
        });
  }
}
