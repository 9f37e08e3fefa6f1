package io.plumbline.bench.live;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.yaml.snakeyaml.Yaml;

/** A shipped set with the features of one entity alone. */
final class UserFeatures {
  private static final String FILE = "features.yaml";

  private UserFeatures() {}

  /**
   * Writes such a set.
   *
   * @param set folder of the shipped set
   * @return how many features the entity has, derived ones included
   */
  @SuppressWarnings("unchecked")
  static int write(Path set, String entity, Path folder) throws IOException {
    Files.createDirectories(folder);
    try (Stream<Path> schemas = Files.list(set)) {
      for (Path schema : schemas.filter(p -> p.toString().endsWith(".avsc")).toList()) {
        Files.copy(
            schema,
            folder.resolve(schema.getFileName().toString()),
            StandardCopyOption.REPLACE_EXISTING);
      }
    }
    Map<String, Object> document;
    try (Reader reader = Files.newBufferedReader(set.resolve(FILE))) {
      document = new Yaml().load(reader);
    }
    var entities = (List<Map<String, Object>>) document.get("entities");
    var features = (List<Map<String, Object>>) document.get("features");
    entities.removeIf(e -> !e.get("name").equals(entity));
    features.removeIf(f -> !f.get("entity").equals(entity));
    document.remove("active");
    document.remove("services");
    Files.writeString(folder.resolve(FILE), new Yaml().dump(document));
    return features.size();
  }
}
