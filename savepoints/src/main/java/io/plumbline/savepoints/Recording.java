package io.plumbline.savepoints;

import io.plumbline.UserError;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;

/** Puts savepoints that jobs have written into a catalog, with the jars that the jobs run. */
public final class Recording {
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

  private final Catalog catalog;
  private final Path jar;

  /**
   * What a savepoint was taken of.
   *
   * @param launch how the job was started; null if it does not say
   */
  public record Origin(CatalogRecord.Job job, String flinkVersion, CatalogRecord.Launch launch) {}

  /**
   * @param jar that the job runs; null for where the job says that it is
   */
  public Recording(Catalog catalog, Path jar) {
    this.catalog = catalog;
    this.jar = jar;
  }

  /**
   * Adds a savepoint to the catalog.
   *
   * @param location of the savepoint, a URL
   * @return its record
   * @throws UserError if it cannot be read or recorded; it is where it is
   */
  public CatalogRecord record(String location, Origin origin, String why) {
    Path path = path(location);
    Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    try (Savepoint savepoint = Savepoint.open(path)) {
      CatalogRecord record =
          CatalogRecord.of(
              savepoint,
              new CatalogRecord.Taken(
                  STAMP.format(now) + "-" + suffix(path),
                  now.toString(),
                  System.getProperty("user.name"),
                  why,
                  origin.job,
                  origin.flinkVersion,
                  new Jars(catalog.folder()).keep(origin.launch, jar)));
      catalog.add(record);
      return record;
    } catch (UserError e) {
      throw UserError.invalid(
          "the savepoint is at " + path + ", but has no record: " + e.getMessage(), e);
    }
  }

  private static Path path(String location) {
    URI uri = new org.apache.flink.core.fs.Path(location).toUri();
    if (uri.getScheme() != null && !uri.getScheme().equals("file")) {
      throw UserError.invalid(
          "the savepoint is at "
              + location
              + ", where this program cannot read it; it has no record. Name a shared folder with"
              + " --target");
    }
    return Path.of(uri.getPath());
  }

  /** What Flink puts behind the last hyphen, which tells savepoints of a job apart. */
  private static String suffix(Path path) {
    String name = path.getFileName().toString();
    return name.substring(name.lastIndexOf('-') + 1).replaceAll("[^A-Za-z0-9]", "");
  }
}
