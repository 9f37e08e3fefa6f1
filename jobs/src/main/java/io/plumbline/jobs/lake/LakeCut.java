package io.plumbline.jobs.lake;

import io.plumbline.UserError;
import io.plumbline.definition.Source;
import io.plumbline.time.TileGrid;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Where a source's log is cut in two: what a lake has of it up to a time, and what is left to the
 * log. A log's times run backwards by as much as its disorder, so the cut is an offset for each
 * partition: the first that was ingested after the time, or that an archive may still have to
 * publish. Every record before it is in the lake; what comes behind it was ingested after the time
 * less the disorder.
 *
 * @param offsets first offset of each partition that is left to the log; a partition that is not
 *     named is left to it as a whole
 * @param holes offsets before the cut that the lake does not have
 */
public record LakeCut(Map<Integer, Long> offsets, List<Hole> holes) {
  /** Of imported records that had no partition. */
  public static final int IMPORTED = -1;

  private static final int SHOWN = 5;

  /**
   * Offsets that the lake does not have.
   *
   * @param from the first
   * @param to the last, inclusive
   * @param of what the lake has of the partition else
   */
  public record Hole(int partition, long from, long to, Of of) {
    /** What the lake has of a partition behind a hole. */
    public enum Of {
      LATER_ONES("it has later ones"),
      NONE_LATER("it has none later"),
      NONE("it has none at all");

      private final String text;

      Of(String text) {
        this.text = text;
      }
    }

    @Override
    public String toString() {
      String place =
          partition == IMPORTED ? "imported records" : "partition " + partition + ", offsets";
      return place + " " + from + (to > from ? " to " + to : "") + " (" + of.text + ")";
    }

    /** Names some, the first of them. */
    public static String list(List<Hole> holes) {
      int more = holes.size() - SHOWN;
      return holes.stream().limit(SHOWN).map(Hole::toString).collect(Collectors.joining("; "))
          + (more > 0 ? "; and " + more + " more gaps" : "");
    }
  }

  public LakeCut {
    offsets = Map.copyOf(offsets);
    holes = List.copyOf(holes);
  }

  /**
   * Finds the cut.
   *
   * @param untilMs epoch ms
   * @throws UserError if a file is not complete, or the lake is not complete up to that time
   */
  public static LakeCut of(Path lake, Source source, long untilMs) {
    long complete = completeAt(lake, source, untilMs);
    long published = TileGrid.saturatedSubtract(complete, source.logDisorderMs());
    Map<Integer, Held> held = new TreeMap<>();
    files(lake, source).parallelStream()
        .map(file -> read(file, untilMs, published))
        .forEachOrdered(part -> part.forEach((p, more) -> held.merge(p, more, Held::join)));
    held.values().forEach(Held::merge);
    Map<Integer, Long> offsets = new TreeMap<>();
    List<Hole> holes = new ArrayList<>();
    held.forEach(
        (partition, positions) -> {
          if (partition != IMPORTED && positions.lastPublished >= 0) {
            long cut = positions.cut();
            offsets.put(partition, cut);
            positions.holes(partition, positions.first(), cut, holes);
          }
        });
    held.getOrDefault(IMPORTED, new Held()).holes(IMPORTED, 0, nextImported(lake, source), holes);
    return new LakeCut(offsets, holes);
  }

  /**
   * The cut at given offsets: where a job had read to.
   *
   * @param offsets first offset of each partition that is left to the log
   * @param readByMs nothing before them was ingested later, epoch ms
   * @throws UserError if an archive may still publish some of what is before them
   */
  public static LakeCut at(Path lake, Source source, Map<Integer, Long> offsets, long readByMs) {
    long complete = Completeness.of(lake, source.name()).knowledgeTimeMs();
    boolean whole = complete >= readByMs;
    long published = TileGrid.saturatedSubtract(complete, source.logDisorderMs());
    Map<Integer, Held> held = new TreeMap<>();
    files(lake, source).parallelStream()
        .map(file -> read(file, Long.MAX_VALUE, published))
        .forEachOrdered(part -> part.forEach((p, more) -> held.merge(p, more, Held::join)));
    held.values().forEach(Held::merge);
    List<Hole> holes = new ArrayList<>();
    List<Hole> unpublished = new ArrayList<>();
    offsets.forEach(
        (partition, cut) -> {
          Held positions = held.getOrDefault(partition, new Held());
          long certain = whole ? cut : Math.min(cut, positions.lastPublished + 1);
          positions.holes(partition, positions.first(), certain, holes);
          positions.holes(partition, certain, cut, unpublished);
        });
    if (!unpublished.isEmpty()) {
      throw UserError.invalid(
          String.format(
              "the lake has source %s only up to %s, and not yet all that the job had read: it"
                  + " lacks %s. Wait until the archive has them, or has everything up to %s",
              source.name(),
              Instant.ofEpochMilli(complete),
              Hole.list(unpublished),
              Instant.ofEpochMilli(readByMs)));
    }
    held.getOrDefault(IMPORTED, new Held()).holes(IMPORTED, 0, nextImported(lake, source), holes);
    return new LakeCut(offsets, holes);
  }

  private static long completeAt(Path lake, Source source, long untilMs) {
    long complete = Completeness.of(lake, source.name()).knowledgeTimeMs();
    if (complete < untilMs) {
      throw UserError.invalid(
          String.format(
              "the lake has source %s only up to %s, not up to %s: wait for the archive, or name an"
                  + " earlier time",
              source.name(), Instant.ofEpochMilli(complete), Instant.ofEpochMilli(untilMs)));
    }
    return complete;
  }

  /** Files of records and of malformed ones, which hold offsets too. */
  private static List<Path> files(Path lake, Source source) {
    List<Path> files =
        new ArrayList<>(LakeLayout.allFiles(LakeLayout.records(lake, source.name())));
    files.addAll(LakeLayout.allFiles(LakeLayout.malformed(lake, source.name())));
    if (files.isEmpty() && !Completeness.isPublished(lake, source.name())) {
      throw UserError.invalid(
          lake + " has nothing of source " + source.name() + "; import or archive it first");
    }
    return files;
  }

  /** Whether a record belongs to what the lake has before the cut. */
  public static boolean isBefore(
      Map<Integer, Long> offsets, long untilMs, int partition, long offset, long ingestedAt) {
    if (partition == IMPORTED) {
      return ingestedAt <= untilMs;
    }
    Long cut = offsets.get(partition);
    return cut != null && offset < cut;
  }

  private static long nextImported(Path lake, Source source) {
    Path folder = LakeLayout.records(lake, source.name());
    try {
      return ImportState.read(folder).nextOffset();
    } catch (IOException e) {
      throw UserError.invalid(folder + ": what imports left cannot be read: " + e.getMessage(), e);
    }
  }

  private static Map<Integer, Held> read(Path file, long untilMs, long published) {
    Map<Integer, Held> held = new TreeMap<>();
    try (PositionRows rows = PositionRows.open(file, 0, Integer.MAX_VALUE)) {
      while (rows.next()) {
        held.computeIfAbsent(rows.partition(), p -> new Held())
            .add(rows.offset(), rows.ingestedAt(), untilMs, published);
      }
    }
    held.values().forEach(Held::merge);
    return held;
  }

  /** What the lake has of one partition. */
  private static final class Held {
    /** First and last offset of each stretch of consecutive ones. */
    private record Run(long first, long last) {}

    private List<Run> runs = new ArrayList<>();
    private long runFirst = -1;
    private long runLast = -1;

    /** The first offset that was ingested after the time. */
    private long firstAfter = Long.MAX_VALUE;

    /** The last offset behind which an archive has all that it can still hear of; -1 if none. */
    private long lastPublished = -1;

    void add(long offset, long ingestedAt, long untilMs, long published) {
      if (runFirst < 0 || offset != runLast + 1) {
        close();
        runFirst = offset;
      }
      runLast = offset;
      if (ingestedAt == PositionRows.UNKNOWN) {
        return;
      }
      if (ingestedAt > untilMs) {
        firstAfter = Math.min(firstAfter, offset);
      }
      if (ingestedAt <= published) {
        lastPublished = Math.max(lastPublished, offset);
      }
    }

    private void close() {
      if (runFirst >= 0) {
        runs.add(new Run(runFirst, runLast));
        runFirst = -1;
      }
    }

    Held join(Held other) {
      runs.addAll(other.runs);
      firstAfter = Math.min(firstAfter, other.firstAfter);
      lastPublished = Math.max(lastPublished, other.lastPublished);
      return this;
    }

    /** Brings stretches in order, and together where they touch. */
    void merge() {
      close();
      runs.sort(Comparator.comparingLong(Run::first));
      List<Run> merged = new ArrayList<>();
      for (Run run : runs) {
        Run before = merged.isEmpty() ? null : merged.get(merged.size() - 1);
        if (before != null && run.first <= before.last + 1) {
          merged.set(merged.size() - 1, new Run(before.first, Math.max(before.last, run.last)));
        } else {
          merged.add(run);
        }
      }
      runs = merged;
    }

    /** The first offset; 0 if there is none. */
    long first() {
      return runs.isEmpty() ? 0 : runs.get(0).first;
    }

    /**
     * Behind the last offset before both the first that came after the time and the first that the
     * lake may still get.
     */
    long cut() {
      long cut = runs.get(0).first;
      for (Run run : runs) {
        if (run.first > lastPublished && run.first > cut || run.first >= firstAfter) {
          break;
        }
        cut = Math.max(cut, run.last + 1);
      }
      return Math.min(cut, firstAfter);
    }

    /** Adds the offsets from {@code from} to before {@code to} that are not there. */
    void holes(int partition, long from, long to, List<Hole> holes) {
      long next = from;
      for (Run run : runs) {
        if (run.first >= to) {
          break;
        }
        if (run.first > next) {
          holes.add(new Hole(partition, next, run.first - 1, Hole.Of.LATER_ONES));
        }
        next = Math.max(next, run.last + 1);
      }
      if (next < to) {
        holes.add(new Hole(partition, next, to - 1, behind(to)));
      }
    }

    private Hole.Of behind(long offset) {
      if (runs.isEmpty()) {
        return Hole.Of.NONE;
      }
      return runs.get(runs.size() - 1).last < offset ? Hole.Of.NONE_LATER : Hole.Of.LATER_ONES;
    }
  }
}
