package io.plumbline.jobs.archive;

import io.plumbline.UserError;
import io.plumbline.jobs.lake.HeldPositions;
import io.plumbline.jobs.lake.LakeLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Compares what a task remembers with what there is, when it starts. */
final class Leftovers {
  private static final Logger LOG = LoggerFactory.getLogger(Leftovers.class);

  /** Tasks of one attempt begin within this time of each other. */
  private static final long OLD_MS = 600_000;

  private final Path lake;
  private final String source;
  private final Path hidden;
  private final ArchiveState.Contents start;

  Leftovers(Path lake, String source, ArchiveState.Contents start) {
    this.lake = lake;
    this.source = source;
    this.hidden = LakeLayout.hidden(lake, source);
    this.start = start;
  }

  /**
   * The segments that readers cannot see yet. One that is gone was published after the checkpoint.
   *
   * @throws UserError if it was not
   */
  List<Segment> stillHidden(List<Segment> segments) {
    List<Segment> there = new ArrayList<>();
    for (Segment segment : segments) {
      Path file = hidden.resolve(segment.name());
      if (Files.exists(file)) {
        there.add(segment);
      } else if (!HeldPositions.hasPart(
          lake, source, Segment.folder(segment.hour()), segment.name())) {
        throw UserError.invalid(
            file
                + ": is gone with "
                + segment.rows()
                + " records, and no file of the lake has them; restore it, or start from a later"
                + " checkpoint");
      }
    }
    return there;
  }

  List<Publication> stillDecided() {
    List<Publication> there = new ArrayList<>();
    for (Publication publication : start.decided()) {
      List<Segment> segments = stillHidden(publication.segments());
      if (!segments.isEmpty()) {
        there.add(new Publication(publication.name(), segments));
      }
    }
    return there;
  }

  /** Positions that the lake holds of what is to be written or will be read again. */
  HeldPositions heldPositions(
      PartitionOffsets next, List<Segment> waiting, List<Publication> decided) {
    PartitionOffsets first = new PartitionOffsets();
    first.raise(next);
    waiting.forEach(s -> first.lower(s.firstOffsets()));
    decided.forEach(p -> p.segments().forEach(s -> first.lower(s.firstOffsets())));
    return HeldPositions.from(lake, source, first::get);
  }

  /**
   * Deletes hidden files that no task knows of: those of attempts that failed. Recent ones stay,
   * because other tasks may have begun already.
   */
  void delete(long nowMs) throws IOException {
    FileTime old = FileTime.fromMillis(nowMs - OLD_MS);
    try (Stream<Path> files = Files.list(hidden)) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString();
        boolean ours = name.endsWith(Publisher.TEMPORARY) || name.endsWith(Segment.SUFFIX);
        if (ours
            && !start.names().contains(name)
            && Files.getLastModifiedTime(file).compareTo(old) < 0) {
          Files.deleteIfExists(file);
        }
      }
    } catch (NoSuchFileException e) {
      LOG.debug("a hidden file was published just now", e);
    }
  }
}
