package io.plumbline.definition;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which versions of which features there are, which is active, and what their columns are. */
final class Versions {
  private static final Pattern REFERENCE = Pattern.compile("([^:]+):v(\\d{1,9})");

  private final Map<String, TreeMap<Integer, FeatureDraft>> byName = new LinkedHashMap<>();
  private final Map<String, Integer> active = new LinkedHashMap<>();
  private final Map<String, FeatureDraft> columns = new LinkedHashMap<>();

  /** Registers every draft; the same version twice is a problem. */
  Versions(List<FeatureDraft> drafts) {
    for (FeatureDraft draft : drafts) {
      TreeMap<Integer, FeatureDraft> versions =
          byName.computeIfAbsent(draft.name().toString(), n -> new TreeMap<>());
      FeatureDraft first = versions.putIfAbsent(draft.version(), draft);
      if (first != null) {
        draft
            .name()
            .problem(
                "version "
                    + draft.version()
                    + " of feature '"
                    + draft.name()
                    + "' is defined twice, first at "
                    + first.map().place(),
                "write version: " + (versions.lastKey() + 1) + " or remove one");
      }
    }
    byName.forEach((name, versions) -> active.put(name, versions.lastKey()));
  }

  /** Reads {@code active: {name: version}}. */
  void pin(List<YamlMap> pins) {
    Map<String, YamlValue> pinned = new LinkedHashMap<>();
    for (YamlMap map : pins) {
      map.entries()
          .forEach(
              (name, entry) -> {
                YamlValue first = pinned.putIfAbsent(name, entry.key());
                if (first != null) {
                  entry
                      .key()
                      .problem(
                          "'" + name + "' is pinned twice, first at " + first.place(),
                          "remove one");
                }
                pin(name, entry);
              });
    }
  }

  private void pin(String name, YamlMap.Entry entry) {
    if (!byName.containsKey(name)) {
      entry
          .key()
          .problem(
              "there is no feature '" + name + "' to pin",
              Names.suggest(name, "feature", byName.keySet()));
      return;
    }
    entry
        .value()
        .integer("active version of " + name, 1)
        .ifPresent(
            version -> {
              if (byName.get(name).containsKey(version)) {
                active.put(name, version);
              } else {
                unknownVersion(entry.value(), name, version);
              }
            });
  }

  private void unknownVersion(YamlValue at, String name, int version) {
    List<String> there = byName.get(name).keySet().stream().map(String::valueOf).toList();
    at.problem(
        "there is no version " + version + " of feature '" + name + "'",
        "versions are " + String.join(", ", there));
  }

  /** Names the columns, once the active versions are known; two of one name are a problem. */
  void nameColumns() {
    for (FeatureDraft draft : drafts()) {
      String column = column(draft);
      FeatureDraft first = columns.putIfAbsent(column, draft);
      if (first != null) {
        draft
            .name()
            .problem(
                draft.id() + " and " + first.id() + " would both be column " + column,
                "rename one of them");
      }
      draft
          .entity()
          .filter(entity -> entity.keys().contains(column))
          .ifPresent(
              entity ->
                  draft
                      .name()
                      .problem(
                          "column " + column + " is a key of entity " + entity.name(),
                          "rename the feature"));
    }
  }

  String column(FeatureDraft draft) {
    String name = draft.name().toString();
    return active.get(name) == draft.version() ? name : name + "_v" + draft.version();
  }

  /** Each by its column. */
  Map<String, FeatureDraft> columns() {
    return columns;
  }

  Map<String, Integer> active() {
    return active;
  }

  private List<FeatureDraft> drafts() {
    List<FeatureDraft> drafts = new ArrayList<>();
    byName.values().forEach(versions -> drafts.addAll(versions.values()));
    return drafts;
  }

  /** The feature that {@code name} or {@code name:v2} means; none is a problem. */
  Optional<FeatureDraft> find(YamlValue reference) {
    Matcher m = REFERENCE.matcher(reference.toString());
    boolean versioned = m.matches();
    String name = versioned ? m.group(1) : reference.toString();
    if (!byName.containsKey(name)) {
      reference.problem(
          "there is no feature '" + reference + "'",
          Names.suggest(name, "feature", byName.keySet()));
      return Optional.empty();
    }
    int version = versioned ? Integer.parseInt(m.group(2)) : active.get(name);
    FeatureDraft draft = byName.get(name).get(version);
    if (draft == null) {
      unknownVersion(reference, name, version);
    }
    return Optional.ofNullable(draft);
  }
}
