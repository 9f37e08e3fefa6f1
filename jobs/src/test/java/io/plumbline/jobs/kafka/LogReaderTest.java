package io.plumbline.jobs.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plumbline.jobs.kafka.PartitionMark.Evidence;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceOutput;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.core.io.InputStatus;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

@SuppressWarnings("try") // Nothing interrupts a test.
class LogReaderTest {
  private static final TopicPartition PARTITION = new TopicPartition("t", 0);
  private final Silent silent = new Silent();
  private final Kept kept = new Kept();

  @Test
  void samplesWakeAReaderThatHasNothingToReadAndLeaveNothingBehind() throws Exception {
    try (LogReader reader = reader(() -> new Ends(Map.of(PARTITION, 5L)))) {
      reader.addSplits(List.of(new KafkaPartitionSplit(PARTITION, 5)));
      reader.start();
      for (int i = 0; i < 8; i++) {
        reader.isAvailable().get(10, TimeUnit.SECONDS);
        reader.pollNext(kept);
        assertThat(reader.isAvailable()).isNotNull();
        assertThat(silent.available.getNumberOfDependents()).isLessThanOrEqualTo(2);
      }
      assertThat(kept.watermarks).hasSizeGreaterThan(2).isSorted();
    }
    assertThat(threads()).isEmpty();
  }

  @Test
  void aLogThatDoesNotAnswerMovesNothing() throws Exception {
    Ends ends = new Ends(Map.of());
    try (LogReader reader = reader(() -> ends)) {
      reader.addSplits(List.of(new KafkaPartitionSplit(PARTITION, 5)));
      reader.start();
      Await.until("several tries", () -> ends.asked > 3);
      reader.pollNext(kept);
      // It is woken all the same: it has to say that it does not get on.
      reader.isAvailable().get(10, TimeUnit.SECONDS);
      reader.pollNext(kept);
      assertThat(kept.watermarks).isEmpty();
    }
    assertThat(threads()).isEmpty();
  }

  @Test
  void whatWasNotForeseenStopsTheJob() throws Exception {
    try (LogReader reader =
        reader(
            () -> {
              throw new IllegalArgumentException("no such setting");
            })) {
      reader.start();
      reader.isAvailable().get(10, TimeUnit.SECONDS);
      assertThatThrownBy(() -> reader.pollNext(kept))
          .isInstanceOf(IllegalStateException.class)
          .hasRootCauseMessage("no such setting");
    }
  }

  @Test
  void countsRecordsFromTheFuture() throws Exception {
    long now = System.currentTimeMillis();
    AtomicInteger ahead = new AtomicInteger();
    Silent giving = new Silent();
    for (long time : new long[] {now - 1_000, now + 30_000, now + 3_600_000, now + 7_200_000}) {
      giving.records.add(new LogRecord("t", 0, giving.records.size(), time, new byte[0]));
    }
    LogEnds.Factory ends = () -> new Ends(Map.of(PARTITION, 4L));
    try (LogReader reader = reader(giving, ends, ahead::incrementAndGet)) {
      reader.addSplits(List.of(new KafkaPartitionSplit(PARTITION, 0)));
      while (!giving.records.isEmpty()) {
        reader.pollNext(kept);
      }
      assertThat(ahead.get()).isEqualTo(2);
    }
  }

  private LogReader reader(LogEnds.Factory ends) {
    return reader(silent, ends, () -> {});
  }

  private static LogReader reader(Silent inner, LogEnds.Factory ends, Runnable ahead) {
    return new LogReader(
        inner,
        "log-ends of a test",
        new LogSource.Knowledge(
            IngestionClock.RECORD_TIME, Evidence.RECORDS_AND_END, 0, ends, Duration.ofSeconds(30)),
        new LogBounds(ends, Loss.REFUSED, lost -> {}),
        Pace.none(),
        ahead);
  }

  private static List<String> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter("log-ends of a test"::equals)
        .toList();
  }

  /** Ends that stay; none that are known is a log that does not answer. */
  private static final class Ends implements LogEnds {
    private final Map<TopicPartition, Long> ends;
    private volatile int asked;

    Ends(Map<TopicPartition, Long> ends) {
      this.ends = ends;
    }

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // Only the sampler asks.
    public Map<TopicPartition, Long> of(Collection<TopicPartition> partitions) {
      asked++;
      if (ends.isEmpty()) {
        throw new TimeoutException("no answer");
      }
      return ends;
    }

    @Override
    public Map<TopicPartition, Long> beginnings(Collection<TopicPartition> partitions) {
      return Map.of();
    }

    @Override
    public long skip(TopicPartition partition, long from, long to) {
      return from;
    }

    @Override
    public void wakeUp() {}

    @Override
    public void close() {}
  }

  /** A reader that has nothing but what it is given. */
  private static final class Silent implements SourceReader<LogRecord, KafkaPartitionSplit> {
    private final CompletableFuture<Void> available = new CompletableFuture<>();
    private final Deque<LogRecord> records = new ArrayDeque<>();

    @Override
    public void start() {}

    @Override
    public InputStatus pollNext(ReaderOutput<LogRecord> output) {
      LogRecord next = records.poll();
      if (next == null) {
        return InputStatus.NOTHING_AVAILABLE;
      }
      output.createOutputForSplit(PARTITION.toString()).collect(next, next.timestamp());
      return InputStatus.MORE_AVAILABLE;
    }

    @Override
    public List<KafkaPartitionSplit> snapshotState(long checkpointId) {
      return List.of();
    }

    @Override
    public CompletableFuture<Void> isAvailable() {
      return available;
    }

    @Override
    public void addSplits(List<KafkaPartitionSplit> splits) {}

    @Override
    public void notifyNoMoreSplits() {}

    @Override
    public void close() {}
  }

  /** Keeps watermarks. */
  private static final class Kept implements ReaderOutput<LogRecord> {
    private final List<Long> watermarks = new ArrayList<>();

    @Override
    public void collect(LogRecord record) {}

    @Override
    public void collect(LogRecord record, long timestamp) {}

    @Override
    public void emitWatermark(Watermark watermark) {
      watermarks.add(watermark.getTimestamp());
    }

    @Override
    public void markIdle() {}

    @Override
    public void markActive() {}

    @Override
    public SourceOutput<LogRecord> createOutputForSplit(String splitId) {
      return this;
    }

    @Override
    public void releaseOutputForSplit(String splitId) {}
  }
}
