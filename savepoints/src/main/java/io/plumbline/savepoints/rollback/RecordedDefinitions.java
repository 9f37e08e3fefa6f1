package io.plumbline.savepoints.rollback;

import io.plumbline.UserError;
import io.plumbline.savepoints.CatalogRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Definitions of a release, as files that a job can read. */
final class RecordedDefinitions {
  private static final String FOLDER = "_definitions";

  private RecordedDefinitions() {}

  /**
   * Writes them into a catalog.
   *
   * @return their folder, absolute
   */
  static Path in(Path catalog, CatalogRecord record) {
    Path folder =
        catalog
            .toAbsolutePath()
            .normalize()
            .resolve(FOLDER)
            .resolve(record.definitions().fingerprint());
    try {
      for (Map.Entry<String, String> file : record.definitions().files().entrySet()) {
        Path path = folder.resolve(file.getKey());
        Files.createDirectories(path.getParent());
        Files.writeString(path, file.getValue());
      }
      return folder;
    } catch (IOException e) {
      throw UserError.invalid("the definitions cannot be written to " + folder + ": " + e, e);
    }
  }
}
