package io.plumbline.jobs.table;

import io.plumbline.UserError;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A training table in the making. Its files gather in a hidden folder beside the place where the
 * snapshot is going to be, {@code <out>/<name>/.<snapshot>.staging-<n>}; {@link #publish} renames
 * that folder, so readers see a whole snapshot or none. {@link #abort} removes it, and what a
 * killed run left there is removed by a later run, a day after it was last written to.
 */
public final class Snapshot {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");
  private static final String STAGING = ".staging-";
  private static final Pattern STAGED = Pattern.compile("\\..+\\.staging-\\d+");
  private static final Duration ABANDONED = Duration.ofDays(1);
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss.SSS'Z'").withZone(ZoneOffset.UTC);

  private final Path table;
  private final Path staging;
  private final Optional<String> name;
  private final List<Path> created;
  private Instant at;

  private Snapshot(
      Path table, Path staging, Optional<String> name, Instant at, List<Path> created) {
    this.table = table;
    this.staging = staging;
    this.name = name;
    this.at = at;
    this.created = created;
  }

  /**
   * Starts a snapshot of table {@code name} under {@code out}; folders that are missing are made.
   *
   * @param snapshot its name; empty for the time, e.g. {@code 20260501T101500.123Z}
   * @throws UserError if the snapshot exists, or nothing can be written there
   */
  public static Snapshot begin(Path out, String name, Optional<String> snapshot, Clock clock) {
    checkName("table", name);
    snapshot.ifPresent(given -> checkName("snapshot", given));
    Path table = out.resolve(name);
    snapshot.ifPresent(given -> checkAbsent(table.resolve(given)));
    List<Path> created = new ArrayList<>();
    try {
      createFolders(table.toAbsolutePath(), created);
      removeAbandoned(table, clock.instant());
      Instant at = clock.instant();
      Path staging = createStaging(table, snapshot.orElseGet(() -> TIME.format(at)));
      return new Snapshot(table, staging, snapshot, at, created);
    } catch (IOException e) {
      removeEmpty(created);
      throw failure(table, e);
    }
  }

  private static void checkName(String kind, String name) {
    if (!NAME.matcher(name).matches()) {
      throw UserError.wrongCall(
          "'"
              + name
              + "' cannot be the name of a "
              + kind
              + ": use letters, digits, '.', '_' and '-', and a letter or digit first");
    }
  }

  private static void checkAbsent(Path target) {
    if (Files.exists(target)) {
      throw UserError.wrongCall(
          target + ": this snapshot exists and is never overwritten; choose another name or none");
    }
  }

  private static void createFolders(Path folder, List<Path> created) throws IOException {
    if (Files.isDirectory(folder)) {
      return;
    }
    if (folder.getParent() != null) {
      createFolders(folder.getParent(), created);
    }
    try {
      Files.createDirectory(folder);
      created.add(folder);
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(folder)) {
        throw e;
      }
    }
  }

  private static Path createStaging(Path table, String snapshot) throws IOException {
    for (int n = 0; ; n++) {
      try {
        return Files.createDirectory(table.resolve("." + snapshot + STAGING + n));
      } catch (FileAlreadyExistsException e) {
        // Another run stages a snapshot of this name; which of them wins is seen at the end.
      }
    }
  }

  private static void removeAbandoned(Path table, Instant now) {
    try (Stream<Path> siblings = Files.list(table)) {
      for (Path sibling : siblings.toList()) {
        if (STAGED.matcher(sibling.getFileName().toString()).matches()
            && Files.isDirectory(sibling)
            && lastWritten(sibling).isBefore(now.minus(ABANDONED))) {
          deleteTree(sibling);
        }
      }
    } catch (IOException | UncheckedIOException e) {
      // Another run is removing them too, or it cannot be done: that is no reason not to go on.
    }
  }

  private static Instant lastWritten(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      Instant last = Instant.MIN;
      for (Path file : files.toList()) {
        Instant written = Files.getLastModifiedTime(file).toInstant();
        last = written.isAfter(last) ? written : last;
      }
      return last;
    }
  }

  /** The folder that parts are written to, until the snapshot is published. */
  public Path staging() {
    return staging;
  }

  /** A part's file, in {@link #staging}. */
  public Path part(int number, TableFormat format) {
    return staging.resolve(String.format("part-%05d.%s", number, format.extension()));
  }

  /**
   * Makes the snapshot appear, complete.
   *
   * @return its folder
   * @throws UserError if another run published a snapshot of this name, or writing failed; then
   *     nothing is left behind
   */
  public Path publish(Manifest manifest) {
    try {
      Files.writeString(staging.resolve(Manifest.FILE_NAME), manifest.toJson());
      force();
      return rename();
    } catch (IOException e) {
      abort();
      throw failure(table, e);
    } catch (UserError e) {
      abort();
      throw e;
    }
  }

  private void force() throws IOException {
    try (Stream<Path> files = Files.walk(staging)) {
      for (Path file : files.toList()) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
          channel.force(true);
        }
      }
    }
  }

  private Path rename() throws IOException {
    while (true) {
      Path target = table.resolve(name.orElseGet(() -> TIME.format(at)));
      if (!Files.exists(target)) {
        try {
          return Files.move(staging, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException e) {
          if (!Files.exists(target)) {
            throw e;
          }
        }
      }
      if (name.isPresent()) {
        checkAbsent(target);
      }
      at = at.plusMillis(1);
    }
  }

  /** Removes everything that was written. Does nothing after {@link #publish}. */
  public void abort() {
    try {
      deleteTree(staging);
      removeEmpty(created);
    } catch (IOException e) {
      throw failure(staging, e);
    }
  }

  private static void removeEmpty(List<Path> folders) {
    try {
      for (int i = folders.size() - 1; i >= 0; i--) {
        Files.deleteIfExists(folders.get(i));
      }
    } catch (IOException e) {
      // Something else lives there by now, or it cannot be removed: the folders may stay.
    }
  }

  private static void deleteTree(Path root) throws IOException {
    if (!Files.exists(root)) {
      return;
    }
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }

  /** What to tell a user when a table cannot be written. */
  public static UserError failure(Path path, IOException e) {
    if (e instanceof AccessDeniedException) {
      return UserError.invalid(path + ": no right to write here", e);
    }
    if (e instanceof FileAlreadyExistsException exists) {
      return UserError.invalid(exists.getFile() + ": is a file, not a folder for tables", e);
    }
    String reason =
        e instanceof FileSystemException f && f.getReason() != null
            ? f.getReason()
            : e.getMessage();
    return UserError.invalid(path + ": cannot be written: " + reason, e);
  }
}
