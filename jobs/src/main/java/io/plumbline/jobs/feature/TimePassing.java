package io.plumbline.jobs.feature;

import java.util.concurrent.RejectedExecutionException;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.streaming.api.operators.InternalTimeServiceManager;
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

  /** Work beside timers. */
  interface Work {
    boolean isDone();

    /** Does a small piece of what there is. */
    void next() throws Exception;
  }

  private final InternalTimeServiceManager<?> timers;
  private final Output<?> output;
  private final MailboxExecutor mailbox;
  private final Work beside;

  /** The watermark that has come, but not gone on; null if there is none. */
  private Watermark passing;

  private boolean sliceComing;

  TimePassing(
      InternalTimeServiceManager<?> timers,
      Output<?> output,
      MailboxExecutor mailbox,
      Work beside) {
    this.timers = timers;
    this.output = output;
    this.mailbox = mailbox;
    this.beside = beside;
  }

  /** Lets time pass up to a watermark. */
  void to(Watermark mark) throws Exception {
    passing = mark;
    goOn();
  }

  /** Lets time pass up to the last watermark at once. */
  void toEnd(Watermark mark) throws Exception {
    finishWork();
    passing = null;
    timers.advanceWatermark(mark);
    output.emitWatermark(mark);
  }

  /** Does at once what is left of the work beside timers. */
  void finishWork() throws Exception {
    while (!beside.isDone()) {
      beside.next();
    }
  }

  /** Works for a slice; what is left is done between records. */
  void goOn() throws Exception {
    long end = System.nanoTime() + SLICE_NANOS;
    while (!beside.isDone() && System.nanoTime() < end) {
      beside.next();
    }
    boolean passed =
        passing == null || timers.tryAdvanceWatermark(passing, () -> System.nanoTime() >= end);
    if (!passed || !beside.isDone()) {
      comeBack();
    } else if (passing != null) {
      output.emitWatermark(passing);
      passing = null;
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
