package io.plumbline.jobs.archive;

import io.plumbline.jobs.lake.LakeLayout;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Decides which segments become a file of the lake: those of an hour of which there is enough, or
 * which wait long enough, or whose hour is over.
 *
 * @param sizeBytes of records as they lie in the log
 * @param intervalMs how long a record may wait
 */
record RollPolicy(long sizeBytes, long intervalMs) {

  /**
   * Takes the segments that are due.
   *
   * @param waiting what there is; those taken are removed
   * @param knowledgeTimeMs every record ingested until then has come
   * @param nowMs this machine's clock
   * @param names of files to come
   */
  List<Publication> due(
      List<Segment> waiting, long knowledgeTimeMs, long nowMs, Supplier<String> names) {
    Map<Long, List<Segment>> hours = new LinkedHashMap<>();
    waiting.forEach(s -> hours.computeIfAbsent(s.hour(), h -> new ArrayList<>()).add(s));
    List<Publication> due = new ArrayList<>();
    for (List<Segment> hour : hours.values()) {
      if (isDue(hour, knowledgeTimeMs, nowMs)) {
        waiting.removeAll(hour);
        due.addAll(inSizes(hour, names));
      }
    }
    return due;
  }

  /** All segments, whether due or not. */
  List<Publication> all(List<Segment> waiting, Supplier<String> names) {
    Map<Long, List<Segment>> hours = new LinkedHashMap<>();
    waiting.forEach(s -> hours.computeIfAbsent(s.hour(), h -> new ArrayList<>()).add(s));
    waiting.clear();
    List<Publication> all = new ArrayList<>();
    hours.values().forEach(hour -> all.addAll(inSizes(hour, names)));
    return all;
  }

  private boolean isDue(List<Segment> hour, long knowledgeTimeMs, long nowMs) {
    long bytes = 0;
    for (Segment segment : hour) {
      bytes += segment.bytes();
      boolean over =
          segment.arrival() == Segment.Arrival.IN_TIME && isOver(segment.hour(), knowledgeTimeMs);
      if (bytes >= sizeBytes || over || nowMs - segment.sinceMs() >= intervalMs) {
        return true;
      }
    }
    return false;
  }

  /** Whether every record of an hour has come. */
  static boolean isOver(long hour, long knowledgeTimeMs) {
    return hour != Segment.UNKNOWN_HOUR && LakeLayout.hourOf(knowledgeTimeMs) > hour;
  }

  private List<Publication> inSizes(List<Segment> hour, Supplier<String> names) {
    List<Publication> files = new ArrayList<>();
    List<Segment> file = new ArrayList<>();
    long bytes = 0;
    for (Segment segment : hour) {
      file.add(segment);
      bytes += segment.bytes();
      if (bytes >= sizeBytes) {
        files.add(new Publication(names.get(), file));
        file = new ArrayList<>();
        bytes = 0;
      }
    }
    if (!file.isEmpty()) {
      files.add(new Publication(names.get(), file));
    }
    return files;
  }
}
