package io.plumbline.jobs.kafka;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.apache.flink.core.io.InputStatus;

/**
 * Keeps partitions that have a backlog abreast: one that has read many records beyond the slowest
 * is held for a while. Nothing beyond the slowest can settle. It waits in state, and each look at
 * its key costs more for it: a job whose readers drift apart gets slower and slower.
 *
 * <p>A partition whose records are recent is never held, whatever backlog others have. One that has
 * a backlog and gives its reader nothing while that has nothing else to read, as it has no leader,
 * holds nobody. While there is other work, it may only be waiting for its turn: Kafka's client
 * gives all that it has fetched of one partition before it goes on to the next.
 */
final class Pace {
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
  private static final long STALLED_NANOS = TimeUnit.SECONDS.toNanos(3);

  /** What is this old is behind. */
  private static final long BACKLOG_MS = 10_000;

  /**
   * How many records a partition may have read beyond the slowest: these, or two seconds' worth.
   */
  private static final long RECORDS_AHEAD = 5_000;

  private static final long LOOKS_AHEAD = 10;

  /** Holds partitions, or lets them go on, by the ids of their splits. */
  interface Holder {
    void pauseOrResume(Collection<String> toPause, Collection<String> toResume);
  }

  private final Holder holder;
  private final LongConsumer teller;
  private final LongSupplier clock;
  private final LongSupplier nanoClock;
  private final long recentMs;
  private final List<Runner> runners = new ArrayList<>();
  private long lastLook;

  /** For how long there was nothing to read, nanoseconds. */
  private long waited;

  private long told = Slowest.NONE;
  private long slowestOfOthers = Slowest.NONE;
  private volatile int held;

  /**
   * @param teller takes the mark of this reader's slowest partition when it has changed, {@link
   *     Slowest#NONE} if none has a backlog
   * @param disorderMs by which marks are behind what was read
   * @param clock epoch ms
   * @param nanoClock as {@link System#nanoTime}
   */
  Pace(
      Holder holder,
      LongConsumer teller,
      long disorderMs,
      LongSupplier clock,
      LongSupplier nanoClock) {
    this.recentMs = BACKLOG_MS + disorderMs;
    this.holder = holder;
    this.teller = teller;
    this.clock = clock;
    this.nanoClock = nanoClock;
    this.lastLook = nanoClock.getAsLong();
  }

  /** For those who let each partition be read as fast as it can be. */
  static Pace none() {
    return new Pace((toPause, toResume) -> {}, mark -> {}, 0, () -> 0, System::nanoTime);
  }

  void add(String split, PartitionMark mark) {
    runners.add(new Runner(split, mark));
  }

  /** Takes the mark of the slowest partition of other readers. */
  void slowest(long mark) {
    slowestOfOthers = mark;
    hold();
  }

  /** How many partitions are held. */
  int held() {
    return held;
  }

  /**
   * Looks how far each partition is, a few times a second.
   *
   * @param status of the reader: whether it has more to read at once
   */
  void look(InputStatus status) {
    long nanos = nanoClock.getAsLong();
    if (nanos - lastLook < LOOK_NANOS) {
      return;
    }
    if (status != InputStatus.MORE_AVAILABLE) {
      waited += nanos - lastLook;
    }
    lastLook = nanos;
    long backlog = clock.getAsLong() - recentMs;
    long own = Slowest.NONE;
    for (Runner runner : runners) {
      runner.look(backlog, waited);
      if (runner.hasBacklog && waited - runner.movedAt < STALLED_NANOS) {
        own = Math.min(own, runner.mark);
      }
    }
    if (own != told) {
      told = own;
      teller.accept(own);
    }
    hold();
  }

  private void hold() {
    long slowest = Math.min(told, slowestOfOthers);
    List<String> pause = new ArrayList<>();
    List<String> resume = new ArrayList<>();
    int now = 0;
    for (Runner runner : runners) {
      boolean hold = runner.isAheadOf(slowest);
      if (hold != runner.held) {
        runner.held = hold;
        (hold ? pause : resume).add(runner.split);
      }
      now += hold ? 1 : 0;
    }
    held = now;
    if (!pause.isEmpty() || !resume.isEmpty()) {
      holder.pauseOrResume(pause, resume);
    }
  }

  /** Where a partition was when it was looked at. */
  private record Step(long mark, long position) {}

  /** A partition. */
  private static final class Runner {
    private final String split;
    private final PartitionMark partition;

    /** From the last that is not beyond the slowest on. */
    private final Deque<Step> steps = new ArrayDeque<>();

    private long mark = PartitionMark.NONE;
    private long position = PartitionMark.BEGINNING;
    private long stride;

    /** How long its reader had waited when it was last read. */
    private long movedAt;

    private boolean hasBacklog;
    private boolean held;

    Runner(String split, PartitionMark partition) {
      this.split = split;
      this.partition = partition;
    }

    void look(long backlog, long waited) {
      long markNow = partition.mark();
      long positionNow = partition.position();
      if (markNow != mark || positionNow != position) {
        stride = position == PartitionMark.BEGINNING ? 0 : positionNow - position;
        mark = markNow;
        position = positionNow;
        movedAt = waited;
      }
      hasBacklog = mark != PartitionMark.NONE && mark < backlog;
      if (!hasBacklog) {
        steps.clear();
      } else if (steps.isEmpty() || steps.getLast().mark < mark) {
        steps.add(new Step(mark, position));
      }
    }

    boolean isAheadOf(long slowest) {
      if (!hasBacklog) {
        return false;
      }
      Step first = steps.removeFirst();
      while (!steps.isEmpty() && steps.getFirst().mark <= slowest) {
        first = steps.removeFirst();
      }
      steps.addFirst(first);
      if (slowest >= mark) {
        return false;
      }
      long most = Math.max(RECORDS_AHEAD, LOOKS_AHEAD * stride);
      return position - first.position > (held ? most / 2 : most);
    }
  }
}
