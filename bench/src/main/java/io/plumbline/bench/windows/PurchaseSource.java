package io.plumbline.bench.windows;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.core.io.InputStatus;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * Makes a stream of purchases in the job itself: reader {@code r} of {@code n} has the events
 * {@code r, r + n, …}. Watermarks are the source's own, at fixed distances of the log's time. At
 * the end readers fall idle, so that the job can be looked at before it goes; a job that fails is
 * not taken up again.
 */
final class PurchaseSource
    implements Source<Purchase, PurchaseSource.NoSplit, Integer>, ResultTypeQueryable<Purchase> {
  private static final long serialVersionUID = 1L;
  private static final int EVENTS_A_POLL = 50;

  /** What timestamps and watermarks speak of. */
  enum Clock {
    /** When the log took an event; watermarks say how far the log was read. */
    LOG,
    /** When it happened; watermarks are behind the log by the stream's disorder. */
    EVENT
  }

  /** Readers know by their number what to read. */
  record NoSplit() implements SourceSplit {
    @Override
    public String splitId() {
      return "";
    }
  }

  private final PurchaseStream stream;
  private final Clock clock;

  PurchaseSource(PurchaseStream stream, Clock clock) {
    this.stream = stream;
    this.clock = clock;
  }

  @Override
  public Boundedness getBoundedness() {
    return Boundedness.CONTINUOUS_UNBOUNDED;
  }

  @Override
  public TypeInformation<Purchase> getProducedType() {
    return Types.POJO(Purchase.class);
  }

  @Override
  public SourceReader<Purchase, NoSplit> createReader(SourceReaderContext context) {
    return new Reader(context.getIndexOfSubtask(), context.currentParallelism());
  }

  @Override
  public SplitEnumerator<NoSplit, Integer> createEnumerator(
      SplitEnumeratorContext<NoSplit> context) {
    return new NoEnumerator();
  }

  @Override
  public SplitEnumerator<NoSplit, Integer> restoreEnumerator(
      SplitEnumeratorContext<NoSplit> context, Integer checkpoint) {
    return new NoEnumerator();
  }

  @Override
  public SimpleVersionedSerializer<NoSplit> getSplitSerializer() {
    return new Nothing<>(new NoSplit());
  }

  @Override
  public SimpleVersionedSerializer<Integer> getEnumeratorCheckpointSerializer() {
    return new Nothing<>(0);
  }

  private final class Reader implements SourceReader<Purchase, NoSplit> {
    private static final long BEHIND_NANOS = 50_000;

    private final int reader;
    private final int readers;
    private final Progress progress = Progress.current();
    private final CompletableFuture<Void> never = new CompletableFuture<>();
    private long done;
    private long nextMark;
    private boolean stopped;

    Reader(int reader, int readers) {
      this.reader = reader;
      this.readers = readers;
      this.nextMark = PurchaseStream.START_MS + stream.watermarks().toMillis();
    }

    @Override
    public InputStatus pollNext(ReaderOutput<Purchase> output) {
      if (stopped) {
        return InputStatus.NOTHING_AVAILABLE;
      }
      if (progress.isAhead(reader)) {
        // Short enough for a mailbox, and leaves the processor to those behind.
        LockSupport.parkNanos(BEHIND_NANOS);
        return InputStatus.MORE_AVAILABLE;
      }
      for (int i = 0; i < EVENTS_A_POLL; i++) {
        long event = reader + done * readers;
        if (event >= stream.events() || (i == 0 && progress.isOver())) {
          stop(output, event);
          return InputStatus.NOTHING_AVAILABLE;
        }
        if (stream.logTime(event) >= nextMark) {
          mark(output, stream.logTime(event));
          return InputStatus.MORE_AVAILABLE;
        }
        emit(output, stream.purchase(event));
      }
      return InputStatus.MORE_AVAILABLE;
    }

    private void emit(ReaderOutput<Purchase> output, Purchase purchase) {
      long now = purchase.ingestedAt;
      output.collect(purchase, clock == Clock.LOG ? now : purchase.eventTime);
      done++;
      progress.read(reader, done, now);
    }

    private void mark(ReaderOutput<Purchase> output, long now) {
      long every = stream.watermarks().toMillis();
      long mark = now - Math.floorMod(now, every);
      output.emitWatermark(new Watermark(timestamp(mark)));
      progress.asked(timestamp(mark));
      nextMark = mark + every;
    }

    /** The watermark that says that the log was read up to this time, and not at it. */
    private long timestamp(long logTime) {
      return clock == Clock.LOG ? logTime - 1 : logTime - stream.disorder().toMillis() - 1;
    }

    private void stop(ReaderOutput<Purchase> output, long nextEvent) {
      long mark = timestamp(stream.logTime(Math.min(nextEvent, stream.events())));
      output.emitWatermark(new Watermark(mark));
      progress.stopped(reader, mark);
      stopped = true;
    }

    @Override
    public CompletableFuture<Void> isAvailable() {
      return stopped ? never : CompletableFuture.completedFuture(null);
    }

    @Override
    public void start() {}

    @Override
    public List<NoSplit> snapshotState(long checkpointId) {
      return List.of();
    }

    @Override
    public void addSplits(List<NoSplit> splits) {}

    @Override
    public void notifyNoMoreSplits() {}

    @Override
    public void close() {}
  }

  private static final class NoEnumerator implements SplitEnumerator<NoSplit, Integer> {
    @Override
    public void start() {}

    @Override
    public void handleSplitRequest(int subtask, String host) {}

    @Override
    public void addSplitsBack(List<NoSplit> splits, int subtask) {}

    @Override
    public void addReader(int subtask) {}

    @Override
    public Integer snapshotState(long checkpointId) {
      return 0;
    }

    @Override
    public void close() {}
  }

  /** Of what there is one of only. */
  private record Nothing<T>(T one) implements SimpleVersionedSerializer<T> {
    @Override
    public int getVersion() {
      return 1;
    }

    @Override
    public byte[] serialize(T object) {
      return new byte[0];
    }

    @Override
    public T deserialize(int version, byte[] bytes) {
      return one;
    }
  }
}
