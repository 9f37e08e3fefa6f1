package io.plumbline.bench.windows;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How far the job in this JVM has come, from its readers to its end. It lets readers move through
 * time together, ends the stream after a while, and knows when everything that was read has been
 * worked off: every subtask at the end has seen the watermark that follows the last event.
 */
final class Progress {
  /** Readers drift apart by no more than so many events. */
  private static final long MOST_AHEAD = 1_000;

  private static final int SAMPLE_EVENTS = 500;
  private static volatile Progress current;

  /** What becomes of rows. */
  enum Keep {
    /** They are counted. */
    COUNT,
    /** Their text is kept as well, to be compared. */
    TEXT
  }

  /** How many events were read when, by all readers. */
  record Sample(long nanos, long events, long logTime) {}

  private final AtomicLongArray read;

  /** As what is read, and out of the others' way once a reader has stopped. */
  private final AtomicLongArray positions;

  private final long[] marks;
  private final long[] rows;
  private final long capNanos;
  private final List<Sample> samples = new ArrayList<>();
  private final CountDownLatch finished = new CountDownLatch(1);
  private final Queue<String> kept = new ConcurrentLinkedQueue<>();
  private final Keep keep;
  private volatile long firstNanos;
  private volatile long asked = Long.MIN_VALUE;
  private volatile long slowestEnd = Long.MIN_VALUE;
  private long lastMark = Long.MAX_VALUE;
  private int reading;
  private long endNanos;

  private Progress(int readers, int ends, double capSeconds, Keep keep) {
    this.read = new AtomicLongArray(readers);
    this.positions = new AtomicLongArray(readers);
    this.marks = new long[ends];
    this.rows = new long[ends];
    this.capNanos = (long) (capSeconds * 1e9);
    this.keep = keep;
    this.reading = readers;
    Arrays.fill(marks, Long.MIN_VALUE);
  }

  /**
   * Begins anew, for the next job.
   *
   * @param ends subtasks of the operator at the end
   * @param capSeconds after which readers stop
   */
  static Progress begin(int readers, int ends, double capSeconds, Keep keep) {
    current = new Progress(readers, ends, capSeconds, keep);
    return current;
  }

  /** That of the job that runs. */
  static Progress current() {
    return current;
  }

  /** Whether a reader is to wait for the others. */
  boolean isAhead(int reader) {
    long slowest = Long.MAX_VALUE;
    for (int i = 0; i < positions.length(); i++) {
      slowest = Math.min(slowest, positions.get(i));
    }
    return positions.get(reader) > slowest + MOST_AHEAD || isAheadOfEnd();
  }

  /**
   * Where rows are compared, events wait until all is worked off that the last watermark asked for:
   * updates tell of the latest state only, and would skip windows that passed meanwhile.
   */
  private boolean isAheadOfEnd() {
    return keepsText() && slowestEnd < asked;
  }

  /** A reader has sent a watermark. */
  void asked(long mark) {
    asked = mark;
  }

  /** Whether readers are to stop. */
  boolean isOver() {
    return firstNanos != 0 && System.nanoTime() - firstNanos > capNanos;
  }

  /** A reader has read so many events, and is at this time of the log. */
  void read(int reader, long events, long logTime) {
    if (firstNanos == 0) {
      synchronized (this) {
        firstNanos = firstNanos == 0 ? System.nanoTime() : firstNanos;
      }
    }
    read.set(reader, events);
    positions.set(reader, events);
    if (reader == 0 && events % SAMPLE_EVENTS == 0) {
      synchronized (this) {
        samples.add(new Sample(System.nanoTime(), events(), logTime));
      }
    }
  }

  /** A reader has read all that it will, and says so with this watermark. */
  synchronized void stopped(int reader, long mark) {
    positions.set(reader, Long.MAX_VALUE);
    lastMark = Math.min(lastMark, mark);
    reading--;
    check();
  }

  /** A watermark has come to the end, after so many rows. */
  synchronized void mark(int end, long mark, long rowsSoFar) {
    marks[end] = mark;
    slowestEnd = Arrays.stream(marks).min().orElseThrow();
    if (finished.getCount() > 0) {
      rows[end] = rowsSoFar;
      check();
    }
  }

  private void check() {
    if (reading == 0 && slowestEnd >= lastMark) {
      endNanos = System.nanoTime();
      finished.countDown();
    }
  }

  /** Waits for the end; false if it has not come by then. */
  boolean await(long millis) throws InterruptedException {
    return finished.await(millis, TimeUnit.MILLISECONDS);
  }

  /** Events read by all. */
  long events() {
    long events = 0;
    for (int i = 0; i < read.length(); i++) {
      events += read.get(i);
    }
    return events;
  }

  /** Whether rows are kept as text. */
  boolean keepsText() {
    return keep == Keep.TEXT;
  }

  /** Keeps a row. */
  void keep(String row) {
    kept.add(row);
  }

  /** Rows that were kept, in no order. */
  Collection<String> kept() {
    return kept;
  }

  /** Rows that came to the end. */
  synchronized long rows() {
    return Arrays.stream(rows).sum();
  }

  /** From the first event until the last was worked off. */
  synchronized double seconds() {
    return (endNanos - firstNanos) / 1e9;
  }

  /** Log time that readers reached, epoch ms. */
  synchronized long lastMark() {
    return lastMark;
  }

  /**
   * Events a second from the first moment on at which a fifth of all was read and the log was at
   * {@code fullAt}, or, if most was read before that, from the fifth on.
   */
  synchronized Rate rate(long fullAt) {
    long events = events();
    Sample warm = firstFrom(events / 5, Long.MIN_VALUE);
    Sample full = firstFrom(events / 5, fullAt);
    boolean isFull = full != null && full.events <= events * 4 / 5;
    Sample from = isFull ? full : warm == null ? new Sample(firstNanos, 0, 0) : warm;
    return new Rate((events - from.events) / ((endNanos - from.nanos) / 1e9), isFull);
  }

  /**
   * @param full whether windows were full all the time that was measured
   */
  record Rate(double perSecond, boolean full) {}

  private Sample firstFrom(long events, long logTime) {
    return samples.stream()
        .filter(s -> s.events >= events && s.logTime >= logTime)
        .findFirst()
        .orElse(null);
  }
}
