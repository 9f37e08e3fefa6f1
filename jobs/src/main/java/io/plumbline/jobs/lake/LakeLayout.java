package io.plumbline.jobs.lake;

import io.plumbline.UserError;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongPredicate;
import java.util.stream.Stream;

/**
 * Where a lake's files are: {@code <lake>/<source>/date=YYYY-MM-DD/hour=HH/*.parquet} by ingestion
 * time in UTC, and the same under {@code _malformed}. Dates are proleptic, so that years before 1
 * and after 9999 have a folder too. Readers ignore names that start with {@code _} or {@code .}.
 */
public final class LakeLayout {
  /** Milliseconds of one folder. */
  public static final long HOUR_MS = 3_600_000L;

  /** Folder of malformed records whose ingestion time is not known. */
  public static final String UNKNOWN_DATE = "date=unknown";

  private static final String SUFFIX = ".parquet";
  private static final long HOURS_PER_DAY = 24;

  private LakeLayout() {}

  /** A file that readers can see, and the hour that its folder says, in hours since the epoch. */
  record HourFile(Path path, long hour) {
    long fromMs() {
      return hour * HOUR_MS;
    }

    long lastMs() {
      return fromMs() + (HOUR_MS - 1);
    }
  }

  /** Folder of a source's records. */
  public static Path records(Path lake, String source) {
    return lake.resolve(source);
  }

  /** Folder of what an archive has not shown to readers yet, and of its lock. */
  public static Path hidden(Path lake, String source) {
    return lake.resolve(".archive").resolve(source);
  }

  /** Folder of a source's malformed records. */
  public static Path malformed(Path lake, String source) {
    return lake.resolve("_malformed").resolve(source);
  }

  /** Hours since the epoch, rounded down. */
  public static long hourOf(long ingestedAtMs) {
    return Math.floorDiv(ingestedAtMs, HOUR_MS);
  }

  /** Folder of an hour, relative to the source's: {@code date=2026-05-01/hour=08}. */
  public static String folder(long hour) {
    LocalDate date = LocalDate.ofEpochDay(Math.floorDiv(hour, HOURS_PER_DAY));
    return String.format("date=%s/hour=%02d", date, Math.floorMod(hour, HOURS_PER_DAY));
  }

  /**
   * Files in the hours that overlap [fromMs, toMs], none if that is empty, in the order of hour and
   * name.
   */
  static List<HourFile> files(Path root, long fromMs, long toMs) {
    if (fromMs > toMs) {
      return List.of();
    }
    long first = hourOf(fromMs);
    long last = hourOf(toMs);
    long firstDay = Math.floorDiv(first, HOURS_PER_DAY);
    long lastDay = Math.floorDiv(last, HOURS_PER_DAY);
    List<HourFile> files = new ArrayList<>();
    for (Path date : folders(root, "date=")) {
      if (date.endsWith(UNKNOWN_DATE)) {
        continue;
      }
      long day = dayOf(date);
      if (day < firstDay || day > lastDay) {
        continue;
      }
      addHours(files, date, day, hour -> hour >= first && hour <= last);
    }
    files.sort(
        (a, b) -> a.hour != b.hour ? Long.compare(a.hour, b.hour) : a.path.compareTo(b.path));
    return files;
  }

  /** Every file of a source's records or malformed records, of unknown time too. */
  static List<Path> allFiles(Path root) {
    List<Path> files = new ArrayList<>();
    files(root, Long.MIN_VALUE, Long.MAX_VALUE).forEach(file -> files.add(file.path()));
    files.addAll(visibleFiles(root.resolve(UNKNOWN_DATE)));
    return files;
  }

  /** Files that readers can see in one folder, by name; none if it is not there. */
  static List<Path> visibleFiles(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(f -> isVisible(f) && f.getFileName().toString().endsWith(SUFFIX))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void addHours(List<HourFile> files, Path date, long day, LongPredicate wanted) {
    for (Path folder : folders(date, "hour=")) {
      long hour = day * HOURS_PER_DAY + hourOfDay(folder);
      if (wanted.test(hour)) {
        visibleFiles(folder).forEach(file -> files.add(new HourFile(file, hour)));
      }
    }
  }

  private static List<Path> folders(Path root, String prefix) {
    if (!Files.isDirectory(root)) {
      return List.of();
    }
    try (Stream<Path> children = Files.list(root)) {
      return children
          .filter(c -> c.getFileName().toString().startsWith(prefix) && Files.isDirectory(c))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isVisible(Path path) {
    String name = path.getFileName().toString();
    return !name.startsWith("_") && !name.startsWith(".");
  }

  private static long dayOf(Path folder) {
    String name = folder.getFileName().toString();
    try {
      return LocalDate.parse(name.substring("date=".length())).toEpochDay();
    } catch (DateTimeException e) {
      throw misnamed(folder, "date=YYYY-MM-DD");
    }
  }

  private static int hourOfDay(Path folder) {
    String name = folder.getFileName().toString().substring("hour=".length());
    if (!name.matches("[01]?\\d|2[0-3]")) {
      throw misnamed(folder, "hour=00 to hour=23");
    }
    return Integer.parseInt(name);
  }

  private static UserError misnamed(Path folder, String wanted) {
    return UserError.invalid(
        folder + ": is no folder of a lake; rename it to " + wanted + " or move it elsewhere");
  }
}
