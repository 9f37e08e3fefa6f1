package io.plumbline.definition;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Named things of one kind, in the order of definition; also those that are broken. */
final class Registry<T> {
  private record Entry<T>(YamlValue name, Optional<T> value) {}

  private final String kind;
  private final Map<String, Entry<T>> entries = new LinkedHashMap<>();

  Registry(String kind) {
    this.kind = kind;
  }

  /**
   * Adds one; a name taken is a problem.
   *
   * @param value empty if its definition is broken: references to it are no further problem
   */
  void add(YamlValue name, Optional<T> value) {
    Entry<T> first = entries.putIfAbsent(name.toString(), new Entry<>(name, value));
    if (first != null) {
      name.problem(
          kind + " '" + name + "' is defined twice, first at " + first.name().place(),
          "rename or remove one");
    }
  }

  /** What is named; empty if it is broken, or not there, which is a problem. */
  Optional<T> find(YamlValue reference) {
    Entry<T> entry = entries.get(reference.toString());
    if (entry == null) {
      reference.problem(
          "there is no " + kind + " '" + reference + "'",
          Names.suggest(reference.toString(), kind, entries.keySet()));
      return Optional.empty();
    }
    return entry.value();
  }

  List<T> all() {
    return entries.values().stream().flatMap(entry -> entry.value().stream()).toList();
  }
}
