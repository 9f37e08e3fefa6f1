package io.plumbline.jobs.kafka;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SourceOutput;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.core.io.InputStatus;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads as Flink's own reader does, and says after its records how far knowledge goes: its
 * watermark is the least mark of its partitions, less 1 ms, because a record at the mark may still
 * come.
 */
@SuppressWarnings("try") // Flink interrupts readers that are slow to close.
final class LogReader implements SourceReader<LogRecord, KafkaPartitionSplit> {
  private static final Logger LOG = LoggerFactory.getLogger(LogReader.class);
  private static final long EMIT_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  /** Ingestion times that are so far ahead of the clock are wrong. */
  private static final long AHEAD_MS = TimeUnit.MINUTES.toMillis(1);

  /** How many records go by between looks at the clock. */
  private static final int RECORDS_PER_LOOK = 16;

  private final SourceReader<LogRecord, KafkaPartitionSplit> reader;
  private final LogSource.Knowledge knowledge;
  private final LogBounds bounds;
  private final Pace pace;
  private final Runnable ahead;
  private final EndSampler sampler;
  private final Map<String, PartitionMark> bySplit = new HashMap<>();
  private final Map<TopicPartition, PartitionMark> byPartition = new HashMap<>();
  private final List<PartitionMark> marks = new ArrayList<>();
  private final AtomicReference<CompletableFuture<Void>> news =
      new AtomicReference<>(new CompletableFuture<>());
  private final AtomicReference<EndSampler.Sample> sample = new AtomicReference<>();
  private volatile Throwable failure;
  private Output output;
  private long emitted = Long.MIN_VALUE;
  private long emittedNanos = System.nanoTime();
  private long startedNanos = System.nanoTime();
  private boolean idle;
  private int records;

  /** Epoch ms; moves with the clock. */
  private long latestCredible = System.currentTimeMillis() + AHEAD_MS;

  /** What that was when a record beyond it was last warned of. */
  private long warnedAt;

  /**
   * @param pace that partitions are kept to
   * @param ahead is told of each record whose ingestion time is far ahead of the clock
   */
  LogReader(
      SourceReader<LogRecord, KafkaPartitionSplit> reader,
      String name,
      LogSource.Knowledge knowledge,
      LogBounds bounds,
      Pace pace,
      Runnable ahead) {
    this.reader = reader;
    this.knowledge = knowledge;
    this.bounds = bounds;
    this.pace = pace;
    this.ahead = ahead;
    sampler =
        new EndSampler(
            name,
            knowledge.ends(),
            System::currentTimeMillis,
            new EndSampler.Listener() {
              @Override
              public void accept(EndSampler.Sample taken) {
                sample.set(taken);
                news.getAndSet(new CompletableFuture<>()).complete(null);
              }

              @Override
              public void failed(Throwable why) {
                failure = why;
                news.getAndSet(new CompletableFuture<>()).complete(null);
              }
            });
  }

  @Override
  public void start() {
    startedNanos = System.nanoTime();
    reader.start();
    sampler.start();
  }

  @Override
  public void addSplits(List<KafkaPartitionSplit> given) {
    List<KafkaPartitionSplit> splits = bounds.within(given);
    for (KafkaPartitionSplit split : splits) {
      PartitionMark mark =
          new PartitionMark(
              knowledge.evidence(),
              knowledge.disorderMs(),
              Math.max(PartitionMark.BEGINNING, split.getStartingOffset()));
      bySplit.put(split.splitId(), mark);
      byPartition.put(split.getTopicPartition(), mark);
      marks.add(mark);
      sampler.add(split.getTopicPartition(), mark);
      pace.add(split.splitId(), mark);
    }
    reader.addSplits(splits);
  }

  @Override
  public InputStatus pollNext(ReaderOutput<LogRecord> to) throws Exception {
    if (output == null || output.to != to) {
      output = new Output(to);
    }
    takeSample();
    if (idle && !marks.isEmpty()) {
      idle = false;
      to.markActive();
    }
    InputStatus status = read();
    if (status == InputStatus.MORE_AVAILABLE) {
      if (++records >= RECORDS_PER_LOOK) {
        records = 0;
        if (System.nanoTime() - emittedNanos >= EMIT_NANOS) {
          emit(to, status);
        }
      }
    } else {
      emit(to, status);
    }
    return status;
  }

  private InputStatus read() throws Exception {
    try {
      return reader.pollNext(output);
    } catch (RuntimeException e) {
      throw bounds.explain(e);
    }
  }

  @Override
  public CompletableFuture<Void> isAvailable() {
    CompletableFuture<Void> records = reader.isAvailable();
    CompletableFuture<Void> sampled = news.get();
    if (records.isDone()) {
      return records;
    }
    return sample.get() != null || failure != null
        ? CompletableFuture.completedFuture(null)
        : CompletableFuture.anyOf(records, sampled).thenAccept(any -> {});
  }

  @Override
  public List<KafkaPartitionSplit> snapshotState(long checkpointId) {
    return reader.snapshotState(checkpointId);
  }

  @Override
  public void notifyNoMoreSplits() {
    reader.notifyNoMoreSplits();
  }

  @Override
  public void handleSourceEvents(SourceEvent event) {
    if (event instanceof Slowest slowest) {
      pace.slowest(slowest.mark());
    } else {
      reader.handleSourceEvents(event);
    }
  }

  @Override
  public void notifyCheckpointComplete(long checkpointId) throws Exception {
    reader.notifyCheckpointComplete(checkpointId);
  }

  @Override
  public void notifyCheckpointAborted(long checkpointId) throws Exception {
    reader.notifyCheckpointAborted(checkpointId);
  }

  @Override
  public void pauseOrResumeSplits(Collection<String> toPause, Collection<String> toResume) {
    reader.pauseOrResumeSplits(toPause, toResume);
  }

  @Override
  public void close() throws Exception {
    try {
      sampler.stop();
    } finally {
      reader.close();
    }
  }

  private void takeSample() {
    if (failure != null) {
      throw new IllegalStateException("cannot ask where the log ends", failure);
    }
    if (sample.getPlain() == null) {
      return;
    }
    EndSampler.Sample taken = sample.getAndSet(null);
    if (taken != null) {
      taken.passed().forEach((partition, offset) -> byPartition.get(partition).passedTo(offset));
      taken.ends().forEach((p, end) -> byPartition.get(p).ended(end, taken.at()));
    }
  }

  private void emit(ReaderOutput<LogRecord> to, InputStatus status) {
    pace.look(status);
    emittedNanos = System.nanoTime();
    latestCredible = System.currentTimeMillis() + AHEAD_MS;
    if (marks.isEmpty()) {
      if (!idle && emittedNanos - startedNanos >= knowledge.idleAfter().toNanos()) {
        idle = true;
        to.markIdle();
      }
      return;
    }
    long least = Long.MAX_VALUE;
    for (PartitionMark mark : marks) {
      least = Math.min(least, mark.mark());
    }
    if (least != PartitionMark.NONE && least - 1 > emitted) {
      emitted = least - 1;
      to.emitWatermark(new Watermark(emitted));
    }
  }

  /** Gives Flink's reader outputs that notice what it reads. */
  private final class Output implements ReaderOutput<LogRecord> {
    private final ReaderOutput<LogRecord> to;

    Output(ReaderOutput<LogRecord> to) {
      this.to = to;
    }

    @Override
    public SourceOutput<LogRecord> createOutputForSplit(String splitId) {
      return new PartitionOutput(bySplit.get(splitId), to);
    }

    @Override
    public void releaseOutputForSplit(String splitId) {
      // Splits have no end, and no outputs of their own behind this one.
    }

    @Override
    public void collect(LogRecord record) {
      throw new UnsupportedOperationException("every record comes from a split");
    }

    @Override
    public void collect(LogRecord record, long timestamp) {
      throw new UnsupportedOperationException("every record comes from a split");
    }

    @Override
    public void emitWatermark(Watermark watermark) {
      throw new UnsupportedOperationException("Flink's reader knows no watermarks");
    }

    @Override
    public void markIdle() {
      throw new UnsupportedOperationException("Flink's reader knows no watermarks");
    }

    @Override
    public void markActive() {
      throw new UnsupportedOperationException("Flink's reader knows no watermarks");
    }
  }

  /** Passes on a partition's records with their time. */
  private final class PartitionOutput implements SourceOutput<LogRecord> {
    private final PartitionMark mark;
    private final ReaderOutput<LogRecord> to;

    PartitionOutput(PartitionMark mark, ReaderOutput<LogRecord> to) {
      this.mark = mark;
      this.to = to;
    }

    @Override
    public void collect(LogRecord record, long timestamp) {
      if (knowledge.clock() == IngestionClock.RECORD_TIME) {
        to.collect(record, timestamp);
        read(record, timestamp);
        return;
      }
      OptionalLong ingestedAt = knowledge.clock().ingestedAt(record);
      to.collect(record, ingestedAt.orElse(timestamp));
      if (ingestedAt.isPresent()) {
        read(record, ingestedAt.getAsLong());
      } else {
        mark.read(record.offset());
      }
    }

    private void read(LogRecord record, long ingestedAt) {
      mark.read(record.offset(), ingestedAt);
      if (ingestedAt > latestCredible) {
        ahead.run();
        if (latestCredible - warnedAt >= AHEAD_MS) {
          warnedAt = latestCredible;
          warn(record, ingestedAt);
        }
      }
    }

    private void warn(LogRecord record, long ingestedAt) {
      LOG.warn(
          "topic {}, partition {}, offset {} was ingested at {}, says its time: knowledge time"
              + " follows it beyond the clock",
          record.topic(),
          record.partition(),
          record.offset(),
          Instant.ofEpochMilli(ingestedAt));
    }

    @Override
    public void collect(LogRecord record) {
      throw new UnsupportedOperationException("every record of a log has a timestamp");
    }

    @Override
    public void emitWatermark(Watermark watermark) {
      throw new UnsupportedOperationException("Flink's reader knows no watermarks");
    }

    @Override
    public void markIdle() {
      throw new UnsupportedOperationException("Flink's reader knows no watermarks");
    }

    @Override
    public void markActive() {
      throw new UnsupportedOperationException("Flink's reader knows no watermarks");
    }
  }
}
