package io.plumbline.jobs.redis;

import java.util.List;
import java.util.concurrent.Callable;
import org.apache.flink.api.common.JobID;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.operators.testutils.MockEnvironment;
import org.apache.flink.runtime.operators.testutils.MockEnvironmentBuilder;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.tasks.mailbox.Mail;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;

/** Runs a writer as a task would, mails included. */
final class WriterHarness<I> implements AutoCloseable {
  /** What the clock says all the time, epoch ms. */
  static final long CLOCK = 1_000;

  private final MockEnvironment environment;
  private final OneInputStreamOperatorTestHarness<I, Void> harness;

  private WriterHarness(OneInputStreamOperator<I, Void> operator, JobID job, String name)
      throws Exception {
    environment =
        new MockEnvironmentBuilder()
            .setTaskName("writer")
            .setJobID(job)
            .setJobName(name)
            .setParallelism(1)
            .setMaxParallelism(1)
            .build();
    harness = new OneInputStreamOperatorTestHarness<>(operator, environment);
    harness.setProcessingTime(CLOCK);
    harness.setup();
  }

  static <I> WriterHarness<I> start(OneInputStreamOperator<I, Void> operator, JobID job)
      throws Exception {
    return start(operator, job, null);
  }

  /**
   * @param state to start from; null for none
   */
  static <I> WriterHarness<I> start(
      OneInputStreamOperator<I, Void> operator, JobID job, OperatorSubtaskState state)
      throws Exception {
    WriterHarness<I> started = new WriterHarness<>(operator, job, "test");
    try {
      if (state != null) {
        started.harness.initializeState(state);
      }
      started.harness.open();
      return started;
    } catch (Exception e) {
      started.close();
      throw e;
    }
  }

  void add(I element) throws Exception {
    harness.processElement(element, 0);
  }

  void watermark(long time) throws Exception {
    harness.processWatermark(time);
  }

  /** Watermarks that came out. */
  List<Long> watermarks() {
    return harness.getOutput().stream()
        .filter(Watermark.class::isInstance)
        .map(element -> ((Watermark) element).getTimestamp())
        .toList();
  }

  /** Runs mails until something has happened. */
  void until(String what, Callable<Boolean> happened) throws Exception {
    Deadline.until(
        what,
        () -> {
          runMails();
          return happened.call();
        });
  }

  void runMails() throws Exception {
    while (true) {
      Mail mail = harness.getTaskMailbox().tryTake(0).orElse(null);
      if (mail == null) {
        return;
      }
      mail.run();
    }
  }

  OperatorSubtaskState snapshot() throws Exception {
    return harness.snapshot(1, 1);
  }

  /** Ends the input, as a bounded one ends. */
  void finish() throws Exception {
    harness.getOperator().finish();
  }

  /** The value of a metric under the group of Redis. */
  WriterMetrics metrics() {
    return ((BatchingOperator<?, ?>) harness.getOperator()).metrics();
  }

  /** Ends the task without the end of its input. */
  @Override
  public void close() {
    try {
      harness.getOperator().close();
      environment.close();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
