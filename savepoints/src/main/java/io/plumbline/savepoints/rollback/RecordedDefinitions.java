package io.plumbline.savepoints.rollback;

import io.plumbline.UserError;
import io.plumbline.savepoints.CatalogRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;

/** Definitions of a release, as files that a job can read. */
final class RecordedDefinitions {
  private static final String FOLDER = "_definitions";

  private RecordedDefinitions() {}

  /**
   * Writes them into a catalog, into a folder of the record's own: definitions that mean the same
   * may lie in other files. The folder appears as a whole, and then stays as it is.
   *
   * @return their folder, absolute
   */
  static Path in(Path catalog, CatalogRecord record) {
    Path folder = catalog.toAbsolutePath().normalize().resolve(FOLDER).resolve(record.id());
    if (Files.exists(folder)) {
      return folder;
    }
    Path hidden = folder.resolveSibling("." + record.id() + ".tmp");
    try {
      for (Map.Entry<String, String> file : record.definitions().files().entrySet()) {
        Path path = hidden.resolve(file.getKey());
        Files.createDirectories(path.getParent());
        Files.writeString(path, file.getValue());
      }
      return Files.move(hidden, folder, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw UserError.invalid("the definitions cannot be written to " + folder + ": " + e, e);
    }
  }
}
