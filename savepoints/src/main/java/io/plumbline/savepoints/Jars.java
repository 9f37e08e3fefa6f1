package io.plumbline.savepoints;

import io.plumbline.UserError;
import io.plumbline.jobs.app.Launch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** The jars that a catalog keeps, each once, under its SHA-256. */
final class Jars {
  private static final String FOLDER = "_jars";

  private final Path catalog;

  Jars(Path catalog) {
    this.catalog = catalog;
  }

  /**
   * Keeps the jar that a job runs.
   *
   * @param launch of the job; may be null
   * @param given the jar; null for where the job says that it is
   * @return the same with the kept jar; without one if that is not here, or has been replaced
   * @throws UserError if the given one is another, or it cannot be kept
   */
  CatalogRecord.Launch keep(CatalogRecord.Launch launch, Path given) {
    if (launch == null) {
      return null;
    }
    Path kept = place(launch);
    if (!Files.exists(kept)) {
      Path jar = given == null ? Path.of(launch.jar()) : given;
      boolean same = Files.isReadable(jar) && Launch.sha256(jar).equals(launch.jarSha256());
      if (!same && given != null) {
        throw UserError.wrongCall(
            "--jar " + given + " is not what the job runs, whose SHA-256 is " + launch.jarSha256());
      }
      if (!same) {
        return new CatalogRecord.Launch(
            null, launch.jarSha256(), launch.arguments(), launch.parallelism());
      }
      copy(jar, kept);
    }
    return new CatalogRecord.Launch(
        kept.toString(), launch.jarSha256(), launch.arguments(), launch.parallelism());
  }

  /** Deletes the jar that a record had, unless another one needs it. */
  void forget(CatalogRecord.Launch launch, List<CatalogRecord> others) throws IOException {
    if (launch != null
        && others.stream()
            .map(CatalogRecord::launch)
            .noneMatch(o -> o != null && o.jarSha256().equals(launch.jarSha256()))) {
      Files.deleteIfExists(place(launch));
    }
  }

  private Path place(CatalogRecord.Launch launch) {
    return catalog
        .toAbsolutePath()
        .normalize()
        .resolve(FOLDER)
        .resolve(launch.jarSha256() + ".jar");
  }

  private static void copy(Path jar, Path kept) {
    try {
      Files.createDirectories(kept.getParent());
      Path hidden = Files.createTempFile(kept.getParent(), ".", ".tmp");
      Files.copy(jar, hidden, StandardCopyOption.REPLACE_EXISTING);
      Files.move(hidden, kept, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw UserError.invalid("the jar " + jar + " cannot be kept as " + kept + ": " + e, e);
    }
  }
}
