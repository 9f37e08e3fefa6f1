package io.plumbline.jobs.feature;

import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.api.common.operators.ProcessingTimeService;
import org.apache.flink.streaming.api.operators.Output;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets time pass for an operator's keys a slice at a time, between records: when a window passes
 * for many keys at once, records do not wait for all of them. A watermark goes on when all that it
 * asks for is done, and what was put beside it.
 */
final class TimePassing {
  private static final Logger LOG = LoggerFactory.getLogger(TimePassing.class);

  /** How long to work before a record can come in between. */
  private static final long SLICE_NANOS = 500_000;

  /**
   * For how many times as long as a slice took nothing is done while records come. Not even if none
   * waits: whoever brings the next one, and what becomes of it, needs the processors too.
   */
  private static final long REST = 3;

  /** Timers are no finer. */
  private static final long LEAST_REST_NANOS = 1_000_000;

  /** Records come as long as the last one is no longer ago. */
  private static final long RECORDS_COME_NANOS = 50_000_000;

  /** What a slice counts as at most, if it had to wait for Redis. */
  private static final long LONGEST_TAKEN_NANOS = 100 * SLICE_NANOS;

  /**
   * A watermark that has waited so long gets as much time as records do, and more if it has to wait
   * for Redis: else it would never go on while there is a backlog.
   */
  private static final long PATIENCE_NANOS = 30_000_000_000L;

  /** What a watermark waits for beside the keys that are due. */
  interface Work {
    boolean isDone();

    /** Does a small piece of what there is. */
    void next() throws Exception;
  }

  /** Called for a key whose time has come. */
  interface Due {
    void at(long time, long key) throws Exception;
  }

  private final DueKeys keys = new DueKeys();
  private final Due due;
  private final List<Work> beside;
  private final Output<?> output;
  private final MailboxExecutor mailbox;
  private final ProcessingTimeService timers;
  private final LongSupplier nanoClock;

  /** What time it is. */
  private long now = Long.MIN_VALUE;

  /** The watermark that has come, but not gone on; null if there is none. */
  private Watermark passing;

  private boolean sliceComing;

  /** What comes after a rest; null if none is taken. */
  private ScheduledFuture<?> resting;

  /** When the passing watermark came, and when the last slice ended, by {@link #nanoClock}. */
  private long passingSince;

  private long lastSlice;

  /** When the last record came, by {@link #nanoClock}. */
  private long lastRecord;

  /** How long that took: longer than it should have if a key has much to show, or must wait. */
  private long lastTook = SLICE_NANOS;

  /**
   * @param mailbox of the operator, whose records come between what is put into it
   * @param timers of the operator
   * @param nanoClock for how long slices take, as {@link System#nanoTime}
   */
  TimePassing(
      Due due,
      List<Work> beside,
      Output<?> output,
      MailboxExecutor mailbox,
      ProcessingTimeService timers,
      LongSupplier nanoClock) {
    this.due = due;
    this.beside = beside;
    this.output = output;
    this.mailbox = mailbox;
    this.timers = timers;
    this.nanoClock = nanoClock;
    lastSlice = nanoClock.getAsLong() - LONGEST_TAKEN_NANOS * REST;
    lastRecord = nanoClock.getAsLong() - RECORDS_COME_NANOS;
  }

  /** The time of the last watermark, epoch ms; {@code Long.MIN_VALUE} before the first. */
  long now() {
    return now;
  }

  /** Has a key called at a time; what was asked for it before stands. */
  void call(long time, long key) {
    keys.add(time, key);
  }

  /** Lets time pass up to a watermark, and hands that on. */
  void to(Watermark mark) throws Exception {
    if (passing == null) {
      passingSince = nanoClock.getAsLong();
    }
    passing = mark;
    now = mark.getTimestamp();
    goOn();
  }

  /** Says that a record has come: those that may come after it go first for a while. */
  void giveWay() {
    lastRecord = nanoClock.getAsLong();
  }

  /** Lets time pass up to a watermark at once, and leaves it to the caller to hand that on. */
  void atOnceTo(Watermark mark) throws Exception {
    finish(beside);
    passing = null;
    now = mark.getTimestamp();
    while (isDue(now)) {
      call();
    }
  }

  /** The end of all input: time stands still, and keys are due as they were. */
  void end(Watermark mark) throws Exception {
    finish(beside);
    passing = null;
    now = mark.getTimestamp();
    output.emitWatermark(mark);
  }

  /** Does at once what is left of some work. */
  static void finish(List<Work> work) throws Exception {
    for (Work each : work) {
      while (!each.isDone()) {
        each.next();
      }
    }
  }

  /** Works for a slice unless records go first; what is left is done between them. */
  void goOn() throws Exception {
    long start = nanoClock.getAsLong();
    long left = lastSlice + rest(start) - start;
    if (left > 0 && start - lastRecord < RECORDS_COME_NANOS) {
      if (left < LEAST_REST_NANOS) {
        comeBack();
      } else {
        comeBackIn(left);
      }
      return;
    }
    work(start + SLICE_NANOS);
    lastSlice = nanoClock.getAsLong();
    lastTook = Math.min(LONGEST_TAKEN_NANOS, Math.max(SLICE_NANOS, lastSlice - start));
  }

  private long rest(long start) {
    boolean patient = passing == null || start - passingSince < PATIENCE_NANOS;
    return patient ? REST * lastTook : SLICE_NANOS;
  }

  private void work(long end) throws Exception {
    boolean done = true;
    for (Work work : beside) {
      while (!work.isDone() && nanoClock.getAsLong() < end) {
        work.next();
      }
      done &= work.isDone();
    }
    while (passing != null && isDue(now) && nanoClock.getAsLong() < end) {
      call();
    }
    if (!done || (passing != null && isDue(now))) {
      comeBack();
    } else if (passing != null) {
      output.emitWatermark(passing);
      passing = null;
    }
  }

  /** The end of time is none: keys that are never due stand for themselves. */
  private boolean isDue(long time) {
    return keys.first() <= time && keys.first() < Long.MAX_VALUE;
  }

  private void call() throws Exception {
    long time = keys.first();
    due.at(time, keys.take());
  }

  private void comeBackIn(long nanos) {
    if (resting == null) {
      resting =
          timers.registerTimer(
              timers.getCurrentProcessingTime() + TimeUnit.NANOSECONDS.toMillis(nanos),
              end -> {
                resting = null;
                goOn();
              });
    }
  }

  private void comeBack() {
    if (!sliceComing) {
      sliceComing = true;
      try {
        mailbox.execute(
            MailboxExecutor.MailOptions.deferrable(),
            () -> {
              sliceComing = false;
              goOn();
            },
            "time passes for keys");
      } catch (RejectedExecutionException e) {
        LOG.debug("the task is over; what is left is in its savepoint", e);
      }
    }
  }
}
