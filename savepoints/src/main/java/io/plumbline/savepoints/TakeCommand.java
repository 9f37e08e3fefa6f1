package io.plumbline.savepoints;

import io.plumbline.UserError;
import io.plumbline.time.Durations;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code savepoint take}: lets a running job write a savepoint, and records it. */
@Command(
    name = "take",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Lets a running job write a savepoint, waits for it, and records it in a catalog with what",
      "is in it. The savepoint's folder must be reachable from here."
    },
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {"0:done", "1:the savepoint failed", "2:no such job, or no cluster there"})
final class TakeCommand implements Runnable {
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

  /** What REST calls the formats. */
  enum Format {
    CANONICAL,
    NATIVE
  }

  @Spec private CommandSpec spec;

  @Option(names = "--job", required = true, description = "Flink's number of the job")
  private String job;

  @Option(names = "--rest", required = true, description = "http://HOST:PORT of Flink's REST API")
  private String rest;

  @Option(names = "--catalog", required = true, description = "folder of the catalog")
  private Path catalog;

  @Option(names = "--why", required = true, description = "for those who look for it later")
  private String why;

  @Option(
      names = "--target",
      description = "folder for the savepoint; the cluster's own for savepoints unless given")
  private Path target;

  @Option(
      names = "--format",
      defaultValue = "canonical",
      description =
          "canonical (any state backend can start from it) or native (faster for much state)")
  private Format format;

  @Option(
      names = "--timeout",
      defaultValue = "10m",
      description = "how long to wait for it (${DEFAULT-VALUE})")
  private String timeout;

  @Override
  public void run() {
    FlinkRest flink = new FlinkRest(rest);
    CatalogRecord.Job taken = flink.job(job);
    String version = flink.version();
    String location =
        flink.savepoint(
            job,
            target == null ? null : target.toAbsolutePath().toUri().toString(),
            format.name(),
            patience());
    Path path = path(location);
    Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    String id = STAMP.format(now) + "-" + suffix(path);
    try (Savepoint savepoint = Savepoint.open(path)) {
      CatalogRecord record =
          CatalogRecord.of(
              savepoint,
              new CatalogRecord.Taken(
                  id, now.toString(), System.getProperty("user.name"), why, taken, version));
      new Catalog(catalog).add(record);
    } catch (UserError e) {
      throw UserError.invalid(
          "the savepoint is at " + path + ", but has no record: " + e.getMessage(), e);
    }
    spec.commandLine().getOut().printf("%s %s%n", id, path);
    spec.commandLine().getOut().flush();
  }

  private Duration patience() {
    try {
      return Duration.ofMillis(Durations.parse(timeout));
    } catch (IllegalArgumentException e) {
      throw UserError.wrongCall("--timeout " + timeout + ": write a duration such as 90s or 10m");
    }
  }

  private static Path path(String location) {
    URI uri = URI.create(location);
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
