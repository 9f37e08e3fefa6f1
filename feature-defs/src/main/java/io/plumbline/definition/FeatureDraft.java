package io.plumbline.definition;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A feature as far as one reading of its entry can know it.
 *
 * @param map the entry
 * @param name the feature's name and where it stands
 * @param entity empty if there is none of that name
 * @param windowed empty for a derived feature, and for a broken one
 * @param derive expression of a derived feature
 */
record FeatureDraft(
    YamlMap map,
    YamlValue name,
    int version,
    Optional<Entity> entity,
    Optional<Feature.Windowed> windowed,
    Optional<YamlValue> derive) {

  String id() {
    return name + ":v" + version;
  }

  /** What the entry says that does not depend on the feature's kind. */
  Feature.Info info(Optional<Object> defaultValue) {
    OptionalLong freshness =
        map.get("freshness").map(v -> v.positiveDuration("freshness")).orElse(OptionalLong.empty());
    Optional<JsonNode> expected = map.get("expected").flatMap(v -> v.flatJson("expected"));
    return new Feature.Info(
        name.toString(),
        version,
        entity.map(Entity::name).orElse(""),
        defaultValue,
        map.get("description").flatMap(v -> v.text("description")).orElse(""),
        map.get("owner").flatMap(v -> v.text("owner")).orElse(""),
        freshness,
        expected,
        map.place());
  }
}
