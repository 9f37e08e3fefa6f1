package io.plumbline.jobs.generator;

import io.plumbline.definition.DefinitionLoader;
import io.plumbline.definition.Definitions;
import java.nio.file.Path;
import java.util.List;

/** The definitions that the generator writes events for. */
final class ShippedDefinitions {
  private ShippedDefinitions() {}

  static Definitions of(ShippedSet set) {
    return DefinitionLoader.load(Path.of("..", "feature-defs", "sets", set.folder()));
  }

  static List<String> keyFields(ShippedSet set) {
    return of(set).entities().stream()
        .flatMap(entity -> entity.keys().stream())
        .distinct()
        .toList();
  }
}
