package io.plumbline.bench.windows;

import io.plumbline.bench.windows.Trial.Backend;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The runs of each comparison. */
final class Trials {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration FIVE_MINUTES = Duration.ofMinutes(5);
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration DAY = Duration.ofDays(1);
  private static final Duration MONTH = Duration.ofDays(30);
  private static final int KEYS = 10_000;
  private static final int PARALLELISM = 2;

  /** Streams over months have fewer users, so that each has events in most of its windows. */
  private static final int REACH_KEYS = 1_000;

  private static final int REACH_DAYS = 90;

  private final Scale scale;
  private final Duration disorder;

  /**
   * How much is run.
   *
   * @param eventsPerDay of streams of a day
   * @param days after which they end, if nobody is slow
   * @param reachPerDay events a day of streams over months
   * @param capSeconds after which a stream ends
   * @param reachCapSeconds after which ours over months ends
   */
  record Scale(
      long eventsPerDay, int days, long reachPerDay, double capSeconds, double reachCapSeconds) {
    static final Scale TINY = new Scale(50_000, 1, 200, 4, 10);
    static final Scale QUICK = new Scale(500_000, 4, 4_000, 12, 60);
    static final Scale USUAL = new Scale(2_000_000, 1, 10_000, 30, 300);
    static final Scale FULL = new Scale(2_000_000, 3, 20_000, 90, 900);
  }

  /** A run with the name of its row. */
  record Named(String label, Trial trial) {}

  Trials(Scale scale, Duration disorder) {
    this.scale = scale;
    this.disorder = disorder;
  }

  /** An answer for each event. */
  List<Named> live(Backend backend) {
    return List.of(
        of("Plumbline, live 1h/1m", Job.LIVE, backend, HOUR, MINUTE),
        of("SQL OVER 1h", Job.OVER, backend, HOUR, MINUTE));
  }

  /** A row for each window. */
  List<Named> closed(Backend backend) {
    return List.of(
        of("Plumbline, closed 1h/1m, changes", Job.CLOSED, backend, HOUR, MINUTE),
        of("Plumbline, closed 1h/1m, each slide", Job.FILLED, backend, HOUR, MINUTE),
        of("SQL HOP 1h/1m", Job.HOP, backend, HOUR, MINUTE),
        of("DataStream sliding 1h/1m", Job.WINDOWS, backend, HOUR, MINUTE));
  }

  /** Windows that do not overlap. */
  List<Named> tumbling(Backend backend) {
    return List.of(
        of("Plumbline, tumbling 5m, changes", Job.CLOSED, backend, FIVE_MINUTES, FIVE_MINUTES),
        of("DataStream tumbling 5m", Job.WINDOWS, backend, FIVE_MINUTES, FIVE_MINUTES));
  }

  /** Many windows at once. */
  List<Named> many(Backend backend) {
    return List.of(
        of("Plumbline, 20 features over 8 windows, live", Job.MANY, backend, HOUR, MINUTE),
        of("DataStream, 8 window operators", Job.EIGHT, backend, HOUR, MINUTE));
  }

  /** Windows of other lengths with one slide. */
  List<Named> reach(Backend backend) {
    List<Named> runs = new ArrayList<>();
    for (Duration size : List.of(HOUR, Duration.ofDays(7), MONTH)) {
      runs.add(reach("Plumbline, live", Job.LIVE, backend, size, MONTH, scale.reachCapSeconds));
    }
    for (Duration size : List.of(HOUR, DAY)) {
      runs.add(reach("DataStream sliding", Job.WINDOWS, backend, size, size, scale.capSeconds));
      runs.add(reach("SQL OVER", Job.OVER, backend, size, size, scale.capSeconds));
    }
    return runs;
  }

  private Named reach(
      String who, Job job, Backend backend, Duration size, Duration full, double capSeconds) {
    PurchaseStream stream =
        new PurchaseStream(
            REACH_KEYS,
            0,
            scale.reachPerDay,
            scale.reachPerDay * REACH_DAYS,
            Duration.ZERO,
            FIVE_MINUTES);
    Trial trial =
        new Trial(
            job,
            backend,
            stream,
            size,
            FIVE_MINUTES,
            0,
            PARALLELISM,
            PARALLELISM,
            capSeconds,
            full);
    return new Named(who + " " + length(size) + "/5m", trial);
  }

  /** Ours alone: more processors, keys, features, disorder, and one key that is hot. */
  List<Named> scaling(Backend backend) {
    List<Named> runs = new ArrayList<>();
    for (int parallelism : new int[] {1, 2}) {
      runs.add(
          new Named("parallelism " + parallelism, live(backend, stream(KEYS, 0), parallelism)));
    }
    for (int keys : new int[] {1_000, 10_000, 100_000, 1_000_000}) {
      runs.add(
          new Named(
              String.format(Locale.ROOT, "%,d keys", keys),
              live(backend, stream(keys, 0), PARALLELISM)));
    }
    for (int features : new int[] {1, 10, 100, 300}) {
      runs.add(
          new Named(
              features + (features == 1 ? " feature" : " features"),
              trial(Job.FEATURES, backend, stream(KEYS, 0), HOUR, MINUTE, features, PARALLELISM)));
    }
    for (int minutes : new int[] {0, 1, 30}) {
      PurchaseStream late = stream(KEYS, 0, Duration.ofMinutes(minutes));
      runs.add(new Named("disorder " + minutes + " min", live(backend, late, PARALLELISM)));
    }
    runs.add(new Named("no hot key", live(backend, stream(KEYS, 0), PARALLELISM)));
    runs.add(new Named("half of all of one key", live(backend, stream(KEYS, 0.5), PARALLELISM)));
    return runs;
  }

  private Trial live(Backend backend, PurchaseStream stream, int parallelism) {
    return trial(Job.LIVE, backend, stream, HOUR, MINUTE, 0, parallelism);
  }

  private Named of(String label, Job job, Backend backend, Duration size, Duration slide) {
    return new Named(label, trial(job, backend, stream(KEYS, 0), size, slide, 0, PARALLELISM));
  }

  private Trial trial(
      Job job,
      Backend backend,
      PurchaseStream stream,
      Duration size,
      Duration slide,
      int features,
      int parallelism) {
    return new Trial(
        job,
        backend,
        stream,
        size,
        slide,
        features,
        parallelism,
        parallelism,
        scale.capSeconds,
        size);
  }

  private PurchaseStream stream(int keys, double hotShare) {
    return stream(keys, hotShare, disorder);
  }

  private PurchaseStream stream(int keys, double hotShare, Duration late) {
    return new PurchaseStream(
        keys,
        hotShare,
        scale.eventsPerDay,
        scale.eventsPerDay * scale.days,
        late,
        Duration.ofSeconds(10));
  }

  /** As people write it. */
  static String length(Duration size) {
    return size.toDays() > 1 ? size.toDays() + "d" : size.toHours() + "h";
  }
}
