package io.plumbline.definition;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A folder with one source, {@code pay}, and whatever else a test writes. */
final class DefinitionsFolder {
  static final String SCHEMA =
      """
      {"type": "record", "name": "Pay", "fields": [
        {"name": "id", "type": "string"},
        {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
        {"name": "user_id", "type": ["null", "string"], "default": null},
        {"name": "shop", "type": "int"},
        {"name": "amount", "type": ["null", "double"], "default": null},
        {"name": "units", "type": "long"},
        {"name": "kind", "type": {"type": "enum", "name": "Kind", "symbols": ["A", "B"]}},
        {"name": "vec", "type": {"type": "array", "items": "double"}},
        {"name": "counts", "type": {"type": "array", "items": "int"}},
        {"name": "ok", "type": "boolean"}]}
      """;

  static final String SOURCE =
      """
      sources:
      - name: pay
        schema: pay.avsc
        topic: pay
        event_time: at
        event_id: id
        lateness: 10m
      entities:
      - name: user
        keys: [user_id]
      - name: shop
        keys: [shop]
      """;

  private final Path folder;

  DefinitionsFolder(Path folder) {
    this.folder = folder;
    write("pay.avsc", SCHEMA);
  }

  DefinitionsFolder write(String name, String content) {
    try {
      Path file = folder.resolve(name);
      Files.createDirectories(file.getParent());
      Files.writeString(file, content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  /** The source and two entities, then these lines. */
  DefinitionsFolder withFeatures(String features) {
    write("a.yaml", SOURCE);
    return write("b.yaml", features);
  }

  Checked check() {
    return DefinitionLoader.check(folder);
  }

  Definitions load() {
    return DefinitionLoader.load(folder);
  }
}
