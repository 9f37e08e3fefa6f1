package io.plumbline.jobs.importing;

import io.plumbline.UserError;
import io.plumbline.jobs.lake.ImportState;
import io.plumbline.jobs.lake.LakeLayout;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * All the files of one import, or none. They are written in a folder that readers ignore, and moved
 * to their places at the end; {@code _imported.json} counting the import is what makes it valid. A
 * list of the places, written before the first move, lets this import or the next one take back an
 * import that did not come so far. A lock that dies with its process keeps a source's imports from
 * each other.
 */
final class Publication implements AutoCloseable {
  private static final String FOLDER = "_import-";
  private static final String LOCK = "_import.lock";
  private static final String PLACES = "places";

  private final Path lake;
  private final Path source;
  private final FileChannel lock;
  private final ImportState before;
  private final Path folder;
  private final Map<Path, Path> moves = new LinkedHashMap<>();

  private Publication(Path lake, Path source, FileChannel lock, ImportState before)
      throws IOException {
    this.lake = lake;
    this.source = source;
    this.lock = lock;
    this.before = before;
    this.folder = Files.createDirectory(source.resolve(FOLDER + number()));
  }

  /**
   * Locks the source and takes back what imports that were killed left behind.
   *
   * @throws UserError if another import of the source is at work
   */
  static Publication begin(Path lake, String sourceName) throws IOException {
    Path source = Files.createDirectories(LakeLayout.records(lake, sourceName));
    FileChannel lock = lock(source);
    try {
      ImportState before = ImportState.read(source);
      for (Path left : foldersIn(source)) {
        if (numberOf(left) > before.imports()) {
          takeBack(lake, left);
        }
        deleteTree(left);
      }
      return new Publication(lake, source, lock, before);
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  /** First offset of partition -1 that no record has. */
  long nextOffset() {
    return before.nextOffset();
  }

  /** A new file that stays where it is and goes with the import. */
  Path temporary(String name) {
    return folder.resolve(name);
  }

  /**
   * A file to write, which will be published in a folder of the lake.
   *
   * @param target folder under the lake
   */
  Path file(Path target) {
    Path temporary = folder.resolve(moves.size() + ".tmp");
    moves.put(temporary, target.resolve("import-" + number() + ".parquet"));
    return temporary;
  }

  int files() {
    return moves.size();
  }

  /** Shows all files to readers. */
  void publish(long nextOffset) throws IOException {
    List<String> places = new ArrayList<>();
    for (Path place : moves.values()) {
      if (Files.exists(place)) {
        throw UserError.invalid(
            place + ": is there already; was _imported.json beside it removed? Restore it");
      }
      places.add(lake.relativize(place).toString());
    }
    Files.write(folder.resolve(PLACES), places);
    for (Map.Entry<Path, Path> move : moves.entrySet()) {
      Files.createDirectories(move.getValue().getParent());
      Files.move(move.getKey(), move.getValue(), StandardCopyOption.ATOMIC_MOVE);
    }
    new ImportState(before.imports() + 1, nextOffset).write(source, folder.resolve("state"));
  }

  /** Removes what is temporary; without {@link #publish}, everything. */
  @Override
  public void close() throws IOException {
    try (lock) {
      if (ImportState.read(source).imports() == before.imports()) {
        takeBack(lake, folder);
      }
      deleteTree(folder);
    }
  }

  private String number() {
    return String.format("%06d", before.imports() + 1);
  }

  private static long numberOf(Path folder) {
    String digits = folder.getFileName().toString().substring(FOLDER.length());
    return digits.matches("\\d{1,18}") ? Long.parseLong(digits) : Long.MAX_VALUE;
  }

  private static FileChannel lock(Path source) throws IOException {
    FileChannel channel =
        FileChannel.open(source.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    FileLock lock = null;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      lock = null;
    }
    if (lock == null) {
      channel.close();
      throw UserError.invalid(
          source + ": another import of this source is at work; wait until it is done");
    }
    return channel;
  }

  /** Deletes what an import moved to its place, and the folders that are empty then. */
  private static void takeBack(Path lake, Path folder) throws IOException {
    Path list = folder.resolve(PLACES);
    if (!Files.exists(list)) {
      return;
    }
    for (String line : Files.readAllLines(list)) {
      Path place = lake.resolve(line);
      Files.deleteIfExists(place);
      deleteIfEmpty(place.getParent());
      deleteIfEmpty(place.getParent().getParent());
    }
  }

  private static void deleteIfEmpty(Path folder) throws IOException {
    try {
      Files.deleteIfExists(folder);
    } catch (DirectoryNotEmptyException e) {
      return;
    }
  }

  private static List<Path> foldersIn(Path source) throws IOException {
    try (Stream<Path> children = Files.list(source)) {
      return children
          .filter(c -> c.getFileName().toString().startsWith(FOLDER) && Files.isDirectory(c))
          .toList();
    }
  }

  private static void deleteTree(Path root) throws IOException {
    try (Stream<Path> all = Files.walk(root)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
