package io.plumbline.bench.windows;

import io.plumbline.bench.MadeSource;
import java.util.concurrent.locks.LockSupport;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.core.io.InputStatus;

/**
 * Makes a stream of purchases in the job itself: reader {@code r} of {@code n} has the events
 * {@code r, r + n, …}. Watermarks are the source's own, at fixed distances of the log's time.
 */
final class PurchaseSource extends MadeSource<Purchase> {
  private static final long serialVersionUID = 1L;
  private static final int EVENTS_A_POLL = 50;

  /** What timestamps and watermarks speak of. */
  enum Clock {
    /** When the log took an event; watermarks say how far the log was read. */
    LOG,
    /** When it happened; watermarks are behind the log by the stream's disorder. */
    EVENT
  }

  private final PurchaseStream stream;
  private final Clock clock;

  PurchaseSource(PurchaseStream stream, Clock clock) {
    this.stream = stream;
    this.clock = clock;
  }

  @Override
  public TypeInformation<Purchase> getProducedType() {
    return Types.POJO(Purchase.class);
  }

  @Override
  protected Reader<Purchase> reader(int index, int readers) {
    return new StreamReader(index, readers);
  }

  private final class StreamReader extends Reader<Purchase> {
    private static final long BEHIND_NANOS = 50_000;

    private final int reader;
    private final int readers;
    private final Progress progress = Progress.current();
    private long done;
    private long nextMark;

    StreamReader(int reader, int readers) {
      this.reader = reader;
      this.readers = readers;
      this.nextMark = PurchaseStream.START_MS + stream.watermarks().toMillis();
    }

    @Override
    public InputStatus pollNext(ReaderOutput<Purchase> output) {
      if (isStopped()) {
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
      stop();
    }
  }
}
