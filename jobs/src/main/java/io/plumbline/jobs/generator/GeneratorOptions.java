package io.plumbline.jobs.generator;

import java.time.Instant;

/**
 * What to generate. The same options give the same bytes.
 *
 * @param seed of all chance
 * @param schedule when events happen
 * @param keys to whom
 * @param dirt what goes wrong
 */
public record GeneratorOptions(long seed, Schedule schedule, Keys keys, Dirt dirt) {

  /** A hundred thousand events with a little of everything that goes wrong. */
  public static GeneratorOptions defaults() {
    return new GeneratorOptions(
        1,
        new Schedule(Instant.parse("2026-01-01T00:00:00Z").toEpochMilli(), 100_000, 20),
        new Keys(1_000, 1.0, 4),
        Dirt.SOME);
  }

  public GeneratorOptions withSeed(long newSeed) {
    return new GeneratorOptions(newSeed, schedule, keys, dirt);
  }

  public GeneratorOptions withSchedule(Schedule newSchedule) {
    return new GeneratorOptions(seed, newSchedule, keys, dirt);
  }

  public GeneratorOptions withKeys(Keys newKeys) {
    return new GeneratorOptions(seed, schedule, newKeys, dirt);
  }

  public GeneratorOptions withDirt(Dirt newDirt) {
    return new GeneratorOptions(seed, schedule, keys, newDirt);
  }

  /**
   * When events happen: at random moments, evenly spread between quiet spells.
   *
   * @param startMs no event happens before, epoch ms
   * @param endMs every event happens before, epoch ms; copies and latecomers arrive later
   * @param events how many at most, not counting copies
   * @param ratePerSecond events per second of event time, outside of quiet spells
   * @param quietEveryMs how often a quiet spell comes; 0 for never
   * @param quietForMs how long it lasts, less than {@code quietEveryMs}
   */
  public record Schedule(
      long startMs,
      long endMs,
      long events,
      double ratePerSecond,
      long quietEveryMs,
      long quietForMs) {
    public Schedule {
      require(events >= 0, "events", events, "not be negative");
      require(ratePerSecond > 0 && ratePerSecond <= 1e9, "rate", ratePerSecond, "be in (0, 1e9]");
      require(quietEveryMs >= 0, "quiet-every", quietEveryMs, "not be negative");
      require(
          quietForMs >= 0 && quietForMs <= quietEveryMs - (quietEveryMs > 0 ? 1 : 0),
          "quiet-for",
          quietForMs,
          "be shorter than quiet-every");
    }

    /** A number of events without quiet spells. */
    public Schedule(long startMs, long events, double ratePerSecond) {
      this(startMs, Long.MAX_VALUE, events, ratePerSecond, 0, 0);
    }
  }

  /**
   * To whom events happen.
   *
   * @param count how many different keys the world's main entity has, at least 1
   * @param skew exponent of Zipf's law, 0 (all alike) to 5: how hot the hot keys are
   * @param partitions of each source's log, at least 1
   */
  public record Keys(int count, double skew, int partitions) {
    public Keys {
      require(count >= 1, "keys", count, "be at least 1");
      require(skew >= 0 && skew <= 5, "zipf", skew, "be in [0, 5]");
      require(partitions >= 1, "partitions", partitions, "be at least 1");
    }
  }

  /**
   * What goes wrong, as shares of events.
   *
   * @param late arrive after the source's lateness
   * @param barelyInTime arrive just within it
   * @param ahead are stamped by a clock that is ahead, within the allowed skew
   * @param future are stamped by one that is further ahead
   * @param malformed cannot be decoded
   * @param duplicates have a copy, some of them in another partition or past lateness
   * @param nulls of the optional fields are null or left out
   * @param disorder are stamped earlier than a record before them in the partition may be
   */
  public record Dirt(
      double late,
      double barelyInTime,
      double ahead,
      double future,
      double malformed,
      double duplicates,
      double nulls,
      double disorder) {

    /** A perfect log. */
    public static final Dirt NONE = new Dirt(0, 0, 0, 0, 0, 0, 0, 0);

    /** A little of everything. */
    public static final Dirt SOME = new Dirt(0.02, 0.01, 0.005, 0.002, 0.005, 0.01, 0.02, 0.1);

    public Dirt {
      requireShare("late", late);
      requireShare("barely-in-time", barelyInTime);
      requireShare("ahead", ahead);
      requireShare("future", future);
      requireShare("malformed", malformed);
      requireShare("duplicates", duplicates);
      requireShare("nulls", nulls);
      requireShare("disorder", disorder);
      double sum = late + barelyInTime + ahead + future + malformed;
      require(
          sum <= 1 + 1e-9,
          "late + barely-in-time + ahead + future + malformed",
          sum,
          "be 1 at most");
    }

    private static void requireShare(String name, double share) {
      require(share >= 0 && share <= 1, name, share, "be a share from 0 to 1");
    }
  }

  private static void require(boolean holds, String name, Object value, String rule) {
    if (!holds) {
      throw new IllegalArgumentException(name + " is " + value + "; it must " + rule);
    }
  }
}
