package io.plumbline.definition;

import io.plumbline.UserError;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The text of a set of definitions: what travels to a cluster, into manifests and into savepoints.
 */
public final class DefinitionBundle implements Serializable {
  private static final long serialVersionUID = 1L;

  private final TreeMap<String, String> files;
  private transient volatile Definitions loaded;

  /**
   * @param files content of every {@code .yaml} and {@code .avsc} file, by path below the folder
   */
  public DefinitionBundle(Map<String, String> files) {
    this.files = new TreeMap<>(files);
  }

  /**
   * Reads a folder whose definitions are valid.
   *
   * @throws InvalidDefinitions with every problem
   * @throws UserError if a schema lies outside the folder
   */
  public static DefinitionBundle read(Path folder) {
    Definitions definitions = DefinitionLoader.load(folder);
    TreeMap<String, String> files = new TreeMap<>();
    try (Stream<Path> walk = Files.walk(folder)) {
      for (Path file : walk.filter(DefinitionBundle::belongs).toList()) {
        String name = folder.relativize(file).toString().replace('\\', '/');
        files.put(name, Files.readString(file));
      }
    } catch (IOException e) {
      throw UserError.wrongCall("folder " + folder + " cannot be read: " + e.getMessage());
    }
    DefinitionBundle bundle = new DefinitionBundle(files);
    try {
      if (bundle.definitions().fingerprint().equals(definitions.fingerprint())) {
        return bundle;
      }
    } catch (InvalidDefinitions e) {
      // A schema that is not in the bundle: said below.
    }
    throw UserError.invalid(
        "the definitions in "
            + folder
            + " name a schema outside that folder; move it below the folder, so that they travel"
            + " together");
  }

  private static boolean belongs(Path file) {
    String name = file.toString();
    return (name.endsWith(".yaml") || name.endsWith(".avsc")) && Files.isRegularFile(file);
  }

  /** Content of every file, by path below the folder. */
  public SortedMap<String, String> files() {
    return Collections.unmodifiableSortedMap(files);
  }

  /** The definitions, read from their text the first time. */
  public Definitions definitions() {
    Definitions definitions = loaded;
    if (definitions == null) {
      definitions = load();
      loaded = definitions;
    }
    return definitions;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof DefinitionBundle that && files.equals(that.files);
  }

  @Override
  public int hashCode() {
    return files.hashCode();
  }

  private Definitions load() {
    try {
      Path folder = Files.createTempDirectory("plumbline-definitions");
      try {
        for (Map.Entry<String, String> file : files.entrySet()) {
          Path path = folder.resolve(file.getKey());
          Files.createDirectories(path.getParent());
          Files.writeString(path, file.getValue());
        }
        return DefinitionLoader.load(folder);
      } finally {
        delete(folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> walk = Files.walk(folder)) {
      List<Path> children = walk.sorted(Comparator.reverseOrder()).toList();
      for (Path path : children) {
        Files.delete(path);
      }
    }
  }
}
