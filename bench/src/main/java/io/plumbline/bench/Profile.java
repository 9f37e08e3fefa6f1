package io.plumbline.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedStackTrace;
import jdk.jfr.consumer.RecordedThread;
import jdk.jfr.consumer.RecordingFile;

/**
 * Where a run's processor time went, from a flight recording: each sample counts for the phase of
 * the innermost frame that belongs to one, so a library's work counts for whoever called it.
 */
public final class Profile {
  private static final int TOP = 25;

  /** Class name prefixes and their phases; the longest prefix that fits a frame decides. */
  private static final Map<String, String> PHASES = phases();

  private final Map<String, Long> phases = new HashMap<>();
  private final Map<String, Long> threads = new HashMap<>();
  private final Map<String, Long> methods = new HashMap<>();
  private final Map<String, Long> allocated = new HashMap<>();
  private long samples;
  private long allocatedBytes;
  private double pauseSeconds;

  private Profile() {}

  private static Map<String, String> phases() {
    Map<String, String> phases = new LinkedHashMap<>();
    phases.put("io.plumbline.jobs.lake.", "read and decode the lake");
    phases.put("io.plumbline.jobs.observations.", "observations");
    phases.put("io.plumbline.jobs.admission.", "admit");
    phases.put("io.plumbline.jobs.feature.EventSignals", "admit");
    phases.put("io.plumbline.expression.", "evaluate expressions");
    phases.put("io.plumbline.timeline.", "timeline");
    phases.put("io.plumbline.aggregate.", "timeline");
    phases.put("io.plumbline.time.", "timeline");
    phases.put("io.plumbline.jobs.feature.TimelineOperator", "timeline operator");
    phases.put("io.plumbline.jobs.feature.KeyState", "timeline operator");
    phases.put("io.plumbline.jobs.feature.Flow", "serialise");
    phases.put("io.plumbline.jobs.feature.Codecs", "serialise");
    phases.put("io.plumbline.jobs.table.", "write the table");
    phases.put("io.plumbline.jobs.pipeline.TableRows", "write the table");
    phases.put("io.plumbline.jobs.pipeline.FeatureFinisher", "write the table");
    phases.put("io.plumbline.jobs.kafka.", "read and decode the log");
    phases.put("io.plumbline.jobs.decode.", "read and decode the log");
    phases.put("io.plumbline.jobs.pipeline.LogRecords", "read and decode the log");
    phases.put("org.apache.flink.connector.kafka.", "read and decode the log");
    phases.put("org.apache.kafka.", "read and decode the log");
    phases.put("io.plumbline.jobs.admission.Deduplication", "find duplicates");
    phases.put("io.plumbline.jobs.redis.", "write to Redis");
    phases.put("io.lettuce.", "write to Redis");
    phases.put("io.plumbline.jobs.archive.", "archive");
    phases.put("org.apache.flink.state.", "Flink state and timers");
    phases.put("org.rocksdb.", "RocksDB");
    phases.put("io.plumbline.jobs.backfill.", "plan");
    phases.put("io.plumbline.definition.", "plan");
    phases.put("org.apache.flink.runtime.operators.sort.", "sort");
    phases.put("org.apache.flink.streaming.api.operators.sort.", "sort");
    phases.put("org.apache.flink.runtime.io.network.", "shuffle");
    phases.put("org.apache.flink.runtime.io.disk.", "shuffle");
    phases.put("org.apache.flink.streaming.runtime.io.", "shuffle");
    phases.put("org.apache.flink.runtime.state.", "Flink state and timers");
    phases.put("org.apache.flink.streaming.api.operators.", "Flink state and timers");
    return phases;
  }

  /** Reads a recording. */
  public static Profile read(Path recording) throws IOException {
    Profile profile = new Profile();
    try (RecordingFile file = new RecordingFile(recording)) {
      while (file.hasMoreEvents()) {
        profile.add(file.readEvent());
      }
    }
    return profile;
  }

  private void add(RecordedEvent event) {
    switch (event.getEventType().getName()) {
      case "jdk.ExecutionSample" -> addSample(event);
      case "jdk.NativeMethodSample" -> addNative(event);
      case "jdk.ObjectAllocationSample" -> {
        long bytes = event.getLong("weight");
        allocatedBytes += bytes;
        RecordedStackTrace stack = event.getStackTrace();
        if (stack != null) {
          allocated.merge(phase(stack), bytes, Long::sum);
        }
      }
      case "jdk.GarbageCollection" -> pauseSeconds += seconds(event);
      default -> {
        return;
      }
    }
  }

  private static double seconds(RecordedEvent collection) {
    return collection.getDuration("sumOfPauses").toNanos() / 1e9;
  }

  /** Native code is sampled half as often, and whether it waits or works: RocksDB's works. */
  private void addNative(RecordedEvent sample) {
    RecordedStackTrace stack = sample.getStackTrace();
    if (stack != null
        && !stack.getFrames().isEmpty()
        && className(stack.getFrames().get(0)).startsWith("org.rocksdb.")) {
      addSample(sample);
      addSample(sample);
    }
  }

  private void addSample(RecordedEvent sample) {
    RecordedStackTrace stack = sample.getStackTrace();
    if (stack == null || stack.getFrames().isEmpty()) {
      return;
    }
    samples++;
    String phase = phase(stack);
    phases.merge(phase, 1L, Long::sum);
    RecordedFrame top = stack.getFrames().get(0);
    methods.merge(
        className(top) + "." + top.getMethod().getName() + "  [" + phase + "]", 1L, Long::sum);
    RecordedThread thread = sample.getThread("sampledThread");
    threads.merge(thread == null ? "?" : task(thread.getJavaName()), 1L, Long::sum);
  }

  /** A thread's name without what tells the subtasks of one task apart. */
  private static String task(String thread) {
    return String.valueOf(thread).replaceAll(" \\(\\d+/\\d+\\)#\\d+", "").replaceAll("-\\d+$", "");
  }

  private static String phase(RecordedStackTrace stack) {
    for (RecordedFrame frame : stack.getFrames()) {
      String name = className(frame);
      String longest = "";
      for (String prefix : PHASES.keySet()) {
        if (name.startsWith(prefix) && prefix.length() > longest.length()) {
          longest = prefix;
        }
      }
      if (!longest.isEmpty()) {
        return PHASES.get(longest);
      }
    }
    return "other";
  }

  private static String className(RecordedFrame frame) {
    return frame.getMethod().getType().getName();
  }

  /** Markdown tables: phases, tasks, allocations, and the methods that samples met most. */
  public String markdown() {
    StringBuilder text = new StringBuilder();
    text.append(
        "%,d samples, %,.1f GB allocated, %.1f s in pauses of the garbage collector.%n"
            .formatted(samples, allocatedBytes / 1e9, pauseSeconds));
    table(text, "phase", phases, samples);
    table(text, "thread", threads, samples);
    table(text, "allocating phase", allocated, allocatedBytes);
    table(text, "method", methods, samples);
    return text.toString();
  }

  private static void table(StringBuilder text, String title, Map<String, Long> counts, long all) {
    text.append("%n| %s | share |%n|---|---:|%n".formatted(title));
    List<Map.Entry<String, Long>> entries =
        counts.entrySet().stream()
            .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
            .limit(TOP)
            .toList();
    for (Map.Entry<String, Long> entry : entries) {
      text.append("| %s | %.1f%% |%n".formatted(entry.getKey(), 100.0 * entry.getValue() / all));
    }
  }
}
