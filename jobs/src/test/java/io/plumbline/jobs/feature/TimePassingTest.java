package io.plumbline.jobs.feature;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamElement;
import org.apache.flink.streaming.runtime.tasks.StreamTaskActionExecutor;
import org.apache.flink.streaming.runtime.tasks.mailbox.Mail;
import org.apache.flink.streaming.runtime.tasks.mailbox.MailboxExecutorImpl;
import org.apache.flink.streaming.runtime.tasks.mailbox.TaskMailbox;
import org.apache.flink.streaming.runtime.tasks.mailbox.TaskMailboxImpl;
import org.apache.flink.streaming.util.CollectorOutput;
import org.junit.jupiter.api.Test;

/**
 * Each key takes 0.1 ms here unless a test says otherwise, by a clock that only keys and tests
 * move.
 */
class TimePassingTest {
  private static final int KEYS_IN_A_SLICE = 5;

  private final TaskMailboxImpl mailbox = new TaskMailboxImpl();
  private final List<StreamElement> output = new ArrayList<>();
  private final List<Long> called = new ArrayList<>();
  private long clock = TimeUnit.DAYS.toNanos(1);
  private long keyTakes = 100;
  private final TimePassing time =
      new TimePassing(
          (at, key) -> {
            called.add(key);
            pass(keyTakes);
          },
          List.of(),
          new CollectorOutput<>(output),
          new MailboxExecutorImpl(mailbox, 0, StreamTaskActionExecutor.IMMEDIATE),
          () -> clock);

  private void pass(long micros) {
    clock += TimeUnit.MICROSECONDS.toNanos(micros);
  }

  private void callKeys(int count) {
    LongStream.range(0, count).forEach(key -> time.call(10, key));
  }

  /** Runs what has been put off so far, but not what that puts off again. */
  private boolean nextMail() throws Exception {
    Mail mail = mailbox.tryTake(TaskMailbox.MIN_PRIORITY).orElse(null);
    if (mail == null) {
      return false;
    }
    mail.run();
    return true;
  }

  @Test
  void watermarkGoesOnWhenAllDueKeysHaveBeenCalled() throws Exception {
    callKeys(12);
    time.to(new Watermark(9));
    assertThat(output).containsExactly(new Watermark(9));
    assertThat(called).isEmpty();

    time.to(new Watermark(10));
    assertThat(called).hasSize(KEYS_IN_A_SLICE);
    assertThat(nextMail()).isTrue();
    assertThat(called).hasSize(2 * KEYS_IN_A_SLICE);
    assertThat(output).hasSize(1);
    assertThat(nextMail()).isTrue();
    assertThat(called).hasSize(12).doesNotHaveDuplicates();
    assertThat(output).containsExactly(new Watermark(9), new Watermark(10));
    assertThat(nextMail()).isFalse();
  }

  @Test
  void laterWatermarkStandsForOneThatWaits() throws Exception {
    callKeys(2 * KEYS_IN_A_SLICE);
    time.to(new Watermark(10));
    time.to(new Watermark(11));
    assertThat(called).hasSize(2 * KEYS_IN_A_SLICE);
    while (nextMail()) {}
    assertThat(output).containsExactly(new Watermark(11));
  }

  @Test
  void recordsGoFirstForAWhile() throws Exception {
    callKeys(100);
    time.to(new Watermark(10));
    for (int i = 0; i < 3; i++) {
      time.giveWay();
      pass(400);
      assertThat(nextMail()).isTrue();
      assertThat(called).as("%d records on", i + 1).hasSize(KEYS_IN_A_SLICE);
    }
    time.giveWay();
    pass(400);
    assertThat(nextMail()).isTrue();
    assertThat(called).as("it has rested").hasSize(2 * KEYS_IN_A_SLICE);
    assertThat(nextMail()).isTrue();
    assertThat(called).as("no record has come").hasSize(3 * KEYS_IN_A_SLICE);
  }

  @Test
  void afterALongSliceRecordsGoFirstForLonger() throws Exception {
    keyTakes = 4_000;
    callKeys(100);
    time.to(new Watermark(10));
    assertThat(called).hasSize(1);
    for (int i = 0; i < 3; i++) {
      time.giveWay();
      pass(3_500);
      assertThat(nextMail()).isTrue();
      assertThat(called).as("%d records on", i + 1).hasSize(1);
    }
    time.giveWay();
    pass(3_500);
    assertThat(nextMail()).isTrue();
    assertThat(called).hasSize(2);
  }

  @Test
  void whatASliceHadToWaitForIsNotMadeUpFor() throws Exception {
    keyTakes = 4_000_000;
    callKeys(100);
    time.to(new Watermark(10));
    time.giveWay();
    pass(149_000);
    assertThat(nextMail()).isTrue();
    assertThat(called).hasSize(1);
    time.giveWay();
    pass(1_000);
    assertThat(nextMail()).isTrue();
    assertThat(called).hasSize(2);
  }

  @Test
  void watermarkThatHasWaitedLongGetsAsMuchTimeAsRecords() throws Exception {
    callKeys(100);
    time.to(new Watermark(10));
    time.giveWay();
    pass(31_000_000);
    assertThat(nextMail()).isTrue();
    assertThat(called).hasSize(2 * KEYS_IN_A_SLICE);
    time.giveWay();
    pass(400);
    assertThat(nextMail()).isTrue();
    assertThat(called).hasSize(2 * KEYS_IN_A_SLICE);
    time.giveWay();
    pass(400);
    assertThat(nextMail()).isTrue();
    assertThat(called).hasSize(3 * KEYS_IN_A_SLICE);
  }
}
