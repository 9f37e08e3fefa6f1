package io.plumbline.definition;

import io.plumbline.time.TimeField;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.avro.Schema;

/** Checks that the sources of an entity's features have its keys, in types that agree. */
final class KeyCheck {
  private final Map<String, Source> sources;
  private final Set<String> seen = new HashSet<>();
  private final Map<String, Source> firstSource = new HashMap<>();

  KeyCheck(List<Source> sources) {
    this.sources = sources.stream().collect(Collectors.toMap(Source::name, Function.identity()));
  }

  void check(FeatureDraft draft) {
    if (draft.entity().isEmpty() || draft.windowed().isEmpty()) {
      return;
    }
    Entity entity = draft.entity().get();
    Source source = sources.get(draft.windowed().get().source());
    if (seen.add(entity.name() + " " + source.name())) {
      YamlValue at = draft.map().get("source").orElseThrow();
      entity.keys().forEach(key -> check(at, entity, key, source));
    }
  }

  private void check(YamlValue at, Entity entity, String key, Source source) {
    Schema.Field field = source.schema().getField(key);
    if (field == null) {
      List<String> names = source.schema().getFields().stream().map(Schema.Field::name).toList();
      at.problem(
          "source " + source.name() + " has no field " + key + ", a key of entity " + entity.name(),
          Names.suggest(key, "field", names));
      return;
    }
    if (keyType(field.schema()) == null) {
      at.problem(
          "key "
              + key
              + " of entity "
              + entity.name()
              + " is of type "
              + SourceReader.typeName(field.schema())
              + " in source "
              + source.name(),
          "a key is a string, an int or a long");
      return;
    }
    Source first = firstSource.putIfAbsent(entity.name() + " " + key, source);
    if (first == null) {
      return;
    }
    String before = keyType(first.schema().getField(key).schema());
    String here = keyType(field.schema());
    if (!before.equals(here)) {
      at.problem(
          "key "
              + key
              + " of entity "
              + entity.name()
              + " is a "
              + here
              + " in source "
              + source.name()
              + " and a "
              + before
              + " in source "
              + first.name(),
          "make them agree");
    }
  }

  /** Null if the schema can be no key's. */
  private static String keyType(Schema schema) {
    return switch (TimeField.nonNull(schema).getType()) {
      case STRING -> "string";
      case INT, LONG -> "whole number";
      default -> null;
    };
  }
}
