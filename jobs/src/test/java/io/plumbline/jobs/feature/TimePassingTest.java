package io.plumbline.jobs.feature;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamElement;
import org.apache.flink.streaming.runtime.tasks.StreamTaskActionExecutor;
import org.apache.flink.streaming.runtime.tasks.TestProcessingTimeService;
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
  private final TestProcessingTimeService timers = new TestProcessingTimeService();
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
          timers,
          () -> clock);

  private void pass(long micros) {
    clock += TimeUnit.MICROSECONDS.toNanos(micros);
  }

  /** Lets time go by, and what was to be done after it. */
  private void rest(long micros) throws Exception {
    pass(micros);
    timers.setCurrentTime(TimeUnit.NANOSECONDS.toMillis(clock));
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
    rest(0);
    callKeys(100);
    time.to(new Watermark(10));
    time.giveWay();
    assertThat(nextMail()).isTrue();
    for (int i = 0; i < 3; i++) {
      assertThat(called).as("%d rests", i).hasSize(KEYS_IN_A_SLICE);
      assertThat(nextMail()).as("the processor is left to others").isFalse();
      rest(500);
    }
    assertThat(called).as("it has rested").hasSize(2 * KEYS_IN_A_SLICE);
    assertThat(nextMail()).isTrue();
    assertThat(called).as("records may still come").hasSize(2 * KEYS_IN_A_SLICE);
    rest(60_000);
    assertThat(called).hasSize(3 * KEYS_IN_A_SLICE);
    assertThat(nextMail()).isTrue();
    assertThat(called).as("no record has come").hasSize(4 * KEYS_IN_A_SLICE);
  }

  @Test
  void afterALongSliceRecordsGoFirstForLonger() throws Exception {
    keyTakes = 4_000;
    rest(0);
    callKeys(100);
    time.to(new Watermark(10));
    time.giveWay();
    assertThat(nextMail()).isTrue();
    rest(11_000);
    assertThat(called).hasSize(1);
    rest(1_000);
    assertThat(called).hasSize(2);
  }

  @Test
  void whatASliceHadToWaitForIsNotMadeUpFor() throws Exception {
    keyTakes = 4_000_000;
    rest(0);
    callKeys(100);
    time.to(new Watermark(10));
    for (int i = 0; i < 15; i++) {
      time.giveWay();
      nextMail();
      assertThat(called).as("%d ms", 10 * i).hasSize(1);
      rest(10_000);
    }
    assertThat(called).hasSize(2);
  }

  @Test
  void watermarkThatHasWaitedLongGetsAsMuchTimeAsRecords() throws Exception {
    rest(0);
    callKeys(100);
    time.to(new Watermark(10));
    rest(31_000_000);
    time.giveWay();
    assertThat(nextMail()).isTrue();
    assertThat(called).hasSize(2 * KEYS_IN_A_SLICE);
    assertThat(nextMail()).isTrue();
    assertThat(called).hasSize(2 * KEYS_IN_A_SLICE);
    pass(500);
    assertThat(nextMail()).isTrue();
    assertThat(called).hasSize(3 * KEYS_IN_A_SLICE);
  }

  @Test
  void firstSliceWaitsForNothing() throws Exception {
    callKeys(1);
    time.giveWay();
    time.to(new Watermark(10));
    assertThat(output).containsExactly(new Watermark(10));
  }
}
