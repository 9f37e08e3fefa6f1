package io.plumbline.savepoints;

import io.plumbline.UserError;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * A folder with a file of JSON for each savepoint. A record appears as a whole, by renaming: a
 * process that is killed leaves a hidden file at most, which nobody reads.
 */
public final class Catalog {
  private static final String SUFFIX = ".json";

  private final Path folder;
  private final Consumer<String> complaints;
  private final Set<Path> unreadable = new LinkedHashSet<>();

  /**
   * @param complaints takes the name of each file that is no record, and why
   */
  public Catalog(Path folder, Consumer<String> complaints) {
    this.folder = folder;
    this.complaints = complaints;
  }

  /** Where the catalog is. */
  public Path folder() {
    return folder;
  }

  /**
   * Adds a record; makes the folder where there is none.
   *
   * @throws UserError if that cannot be written
   */
  void add(CatalogRecord record) {
    Path file = folder.resolve(record.id() + SUFFIX);
    try {
      Files.createDirectories(folder);
      Path hidden = Files.createTempFile(folder, "." + record.id(), ".tmp");
      try (FileChannel channel = FileChannel.open(hidden, StandardOpenOption.WRITE)) {
        ByteBuffer bytes = ByteBuffer.wrap(record.json());
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(true);
      }
      Files.move(hidden, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw UserError.wrongCall("the catalog's " + file + " cannot be written: " + e);
    }
  }

  /**
   * All records, the oldest first, without files that are none.
   *
   * @throws UserError if there is no catalog
   */
  List<CatalogRecord> list() {
    if (!Files.isDirectory(folder)) {
      throw UserError.wrongCall(
          "--catalog " + folder + ": there is no such folder; savepoint take makes one");
    }
    List<CatalogRecord> records = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(Catalog::isRecord).toList()) {
        read(file).ifPresent(records::add);
      }
    } catch (IOException e) {
      throw UserError.wrongCall("--catalog " + folder + " cannot be read: " + e);
    }
    records.sort(Comparator.comparing(CatalogRecord::takenAt).thenComparing(CatalogRecord::id));
    return records;
  }

  private static boolean isRecord(Path file) {
    String name = file.getFileName().toString();
    return name.endsWith(SUFFIX) && !name.startsWith(".") && !name.startsWith("_");
  }

  private Optional<CatalogRecord> read(Path file) {
    try {
      return Optional.of(CatalogRecord.read(Files.readAllBytes(file)));
    } catch (IOException e) {
      if (unreadable.add(file)) {
        complaints.accept(
            file + " is no record of a savepoint; move it away: " + Savepoint.reason(e));
      }
      return Optional.empty();
    }
  }

  /**
   * @throws UserError if there is no record of that id
   */
  public CatalogRecord get(String id) {
    return list().stream()
        .filter(record -> record.id().equals(id))
        .findFirst()
        .orElseThrow(
            () ->
                UserError.wrongCall(
                    folder + " has no savepoint " + id + "; savepoint list shows those it has"));
  }

  /**
   * The records that are not among the newest of their job, and that no rollback needs.
   *
   * @param keep how many of each job's to spare, at least 1
   */
  List<CatalogRecord> old(int keep) {
    List<CatalogRecord> all = list();
    Set<String> needed = RollbackTargets.of(folder, all);
    List<CatalogRecord> old = new ArrayList<>();
    List<String> spared = new ArrayList<>();
    Map<String, Integer> seen = new HashMap<>();
    for (int i = all.size() - 1; i >= 0; i--) {
      CatalogRecord record = all.get(i);
      String job = record.job() == null ? "" : Objects.toString(record.job().name(), "");
      if (seen.merge(job, 1, Integer::sum) <= keep
          || needed.contains(record.id())
          || spared.contains(record.path())) {
        spared.add(record.path());
      } else {
        old.add(0, record);
      }
    }
    return old;
  }

  /**
   * Deletes a savepoint, and then its record: whoever is interrupted can begin again. Its jar goes
   * with the last record that names it.
   *
   * @throws UserError if its folder holds something else, or cannot be deleted
   */
  void delete(CatalogRecord record) {
    Path savepoint = Path.of(record.path());
    try {
      if (Files.exists(savepoint)) {
        if (!Files.exists(savepoint.resolve("_metadata"))) {
          throw UserError.wrongCall(
              savepoint + " is no savepoint any more: look what it is, and delete it yourself");
        }
        deleteFolder(savepoint);
      }
      Files.deleteIfExists(folder.resolve(record.id() + SUFFIX));
      List<CatalogRecord> others = list();
      if (unreadable.isEmpty()) { // which may need the jar
        new Jars(folder).forget(record.launch(), others);
      }
    } catch (IOException e) {
      throw UserError.wrongCall(savepoint + " cannot be deleted: " + e);
    }
  }

  /** The metadata last: as long as it is there, deleting can go on. */
  private static void deleteFolder(Path savepoint) throws IOException {
    Path metadata = savepoint.resolve("_metadata");
    List<Path> files;
    try (Stream<Path> walk = Files.walk(savepoint)) {
      files = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path file : files) {
      if (!file.equals(metadata) && !file.equals(savepoint)) {
        Files.delete(file);
      }
    }
    Files.delete(metadata);
    Files.delete(savepoint);
  }
}
