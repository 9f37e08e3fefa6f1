package io.plumbline.jobs.generator;

import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.PriorityQueue;
import java.util.SplittableRandom;

/**
 * The logs of a set's sources, as a real transport would have filled them: mostly in order, with
 * latecomers, copies, clocks that are ahead and damaged records.
 *
 * <p>Records come as they are appended: in each partition of each source offsets grow by one, and
 * ingestion times run backwards by the source's log disorder at most. Partitions lag behind one
 * another by up to a fifth of a second. Appending a record when the clock reaches its ingestion
 * time replays the log live.
 *
 * <p>Holds only what has happened and is not yet appended: about rate times transport delay, and no
 * more than {@value #MAX_LATECOMERS} latecomers, beyond which events are no longer held up.
 */
public final class EventGenerator implements Iterator<GeneratedRecord> {
  static final int MAX_LATECOMERS = 250_000;

  private static final long TRANSPORT_MIN_MS = 5;
  private static final long TRANSPORT_SPREAD_MS = 1_500;
  private static final long BARELY_MS = 1_000;
  private static final long FUTURE_SPREAD_MS = 3_600_000;
  private static final long COPY_SPREAD_MS = 30_000;
  private static final double LATE_COPIES = 0.1;
  private static final double MOVED_COPIES = 0.25;
  private static final long PARTITION_LAG_MS = 200;

  private final GeneratorOptions options;
  private final EventModel model;
  private final List<SourceProfile> sources;
  private final EventTimes times;
  private final SplittableRandom random;
  private final Payload payload;
  private final PriorityQueue<Pending> pending = new PriorityQueue<>();
  private final long[] partitionLag;
  private final long[][] offsets;
  private final long smallestSkew;
  private final long largestSkew;
  private long sequence;
  private long latestEvent;

  private EventGenerator(EventModel model, GeneratorOptions options, SplittableRandom random) {
    this.options = options;
    this.model = model;
    this.sources = model.sources();
    this.random = random;
    this.times = new EventTimes(options.schedule(), random.split());
    this.payload = new Payload(random.split(), options.dirt().nulls());
    this.partitionLag = new long[options.keys().partitions()];
    for (int p = 1; p < partitionLag.length; p++) {
      partitionLag[p] = random.nextLong(PARTITION_LAG_MS + 1);
    }
    this.offsets = new long[sources.size()][options.keys().partitions()];
    this.smallestSkew =
        sources.stream().mapToLong(SourceProfile::maxClockSkewMs).min().orElseThrow();
    this.largestSkew =
        sources.stream().mapToLong(SourceProfile::maxClockSkewMs).max().orElseThrow();
    this.latestEvent = options.schedule().startMs();
  }

  /**
   * The logs of a shipped set.
   *
   * @param set name of its folder, e.g. {@code payments}
   * @throws IllegalArgumentException if there is no such set
   */
  public static EventGenerator of(String set, GeneratorOptions options) {
    ShippedSet shipped = ShippedSet.of(set);
    SplittableRandom random = new SplittableRandom(options.seed());
    return new EventGenerator(shipped.model(random.split(), options), options, random);
  }

  /**
   * The logs of a world of one's own.
   *
   * @param model not used by anybody else
   */
  public static EventGenerator of(EventModel model, GeneratorOptions options) {
    return new EventGenerator(model, options, new SplittableRandom(options.seed()));
  }

  /** The sources whose records come. */
  public List<SourceProfile> sources() {
    return sources;
  }

  /**
   * Questions about the keys that the world knows by now, at moments up to now: ask after the
   * events. Does not change the events to come.
   */
  public ObservationGenerator observations() {
    return new ObservationGenerator(
        model,
        new SplittableRandom(options.seed() ^ 0x0B5E57A71015L),
        options.schedule().startMs(),
        latestEvent);
  }

  @Override
  public boolean hasNext() {
    happen();
    return !pending.isEmpty();
  }

  @Override
  public GeneratedRecord next() {
    happen();
    Pending first = pending.poll();
    if (first == null) {
      throw new NoSuchElementException("the log ends here");
    }
    return new GeneratedRecord(
        sources.get(first.source).name(),
        first.partition,
        offsets[first.source][first.partition]++,
        first.ingestedAt,
        first.payload,
        first.kind);
  }

  /** Lets events happen until none of them can be appended before the first that waits. */
  private void happen() {
    while (times.hasNext() && (pending.isEmpty() || pending.peek().appendedAt > times.peek())) {
      happen(times.take());
    }
  }

  private void happen(long now) {
    latestEvent = now;
    RecordKind kind = drawKind();
    long ahead = ahead(kind);
    payload.start(0, 0);
    model.next(now + ahead, payload);
    SourceProfile source = sources.get(payload.sourceIndex());
    long ingestedAt = now + delay(kind, source);
    int partition = (int) Long.remainderUnsigned(Traits.bits(payload.key(), 0), offsets[0].length);
    byte[] line = payload.damaged(kind, random);
    append(payload.sourceIndex(), partition, ingestedAt, line, kind);
    boolean inTime = kind == RecordKind.NORMAL || kind == RecordKind.BARELY_IN_TIME;
    if (inTime && random.nextDouble() < options.dirt().duplicates()) {
      copy(now, partition, ingestedAt, line);
    }
  }

  private RecordKind drawKind() {
    GeneratorOptions.Dirt dirt = options.dirt();
    boolean mayHoldUp = pending.size() < MAX_LATECOMERS;
    double u = random.nextDouble();
    if ((u -= dirt.malformed()) < 0) {
      RecordKind[] damages = {
        RecordKind.BROKEN_JSON, RecordKind.FIELD_MISSING, RecordKind.WRONG_TYPE
      };
      return damages[random.nextInt(damages.length)];
    }
    if ((u -= dirt.late()) < 0) {
      return mayHoldUp ? RecordKind.LATE : RecordKind.NORMAL;
    }
    if ((u -= dirt.barelyInTime()) < 0) {
      return mayHoldUp ? RecordKind.BARELY_IN_TIME : RecordKind.NORMAL;
    }
    if ((u -= dirt.ahead()) < 0) {
      return RecordKind.AHEAD;
    }
    return u - dirt.future() < 0 ? RecordKind.FUTURE : RecordKind.NORMAL;
  }

  /** By how much the clock that stamps the event is ahead of the log's. */
  private long ahead(RecordKind kind) {
    return switch (kind) {
      case AHEAD -> 1 + random.nextLong(smallestSkew);
      case FUTURE -> largestSkew + 1 + random.nextLong(FUTURE_SPREAD_MS);
      case NORMAL,
          BARELY_IN_TIME,
          LATE,
          DUPLICATE,
          LATE_DUPLICATE,
          BROKEN_JSON,
          FIELD_MISSING,
          WRONG_TYPE ->
          0;
    };
  }

  /** How long after it happened an event is ingested; at once where its stamp is ahead. */
  private long delay(RecordKind kind, SourceProfile source) {
    return switch (kind) {
      case AHEAD, FUTURE -> 0;
      case BARELY_IN_TIME -> source.latenessMs() - random.nextLong(BARELY_MS);
      case LATE -> source.latenessMs() + 1 + skewed(source.latenessMs());
      case NORMAL, DUPLICATE, LATE_DUPLICATE, BROKEN_JSON, FIELD_MISSING, WRONG_TYPE ->
          TRANSPORT_MIN_MS + skewed(TRANSPORT_SPREAD_MS);
    };
  }

  private void copy(long eventTime, int partition, long ingestedAt, byte[] line) {
    long lateness = sources.get(payload.sourceIndex()).latenessMs();
    boolean held = pending.size() < MAX_LATECOMERS && random.nextDouble() < LATE_COPIES;
    long copiedAt =
        held
            ? eventTime + lateness + 1 + skewed(lateness)
            : ingestedAt + 1 + skewed(COPY_SPREAD_MS);
    RecordKind kind =
        copiedAt - eventTime > lateness ? RecordKind.LATE_DUPLICATE : RecordKind.DUPLICATE;
    int partitions = partitionLag.length;
    int target =
        partitions > 1 && random.nextDouble() < MOVED_COPIES
            ? (partition + 1 + random.nextInt(partitions - 1)) % partitions
            : partition;
    append(payload.sourceIndex(), target, copiedAt, line, kind);
  }

  /** A record stamped {@code ingestedAt} may be appended later, by the log's disorder at most. */
  private void append(int source, int partition, long ingestedAt, byte[] line, RecordKind kind) {
    long disorder =
        random.nextDouble() < options.dirt().disorder()
            ? random.nextLong(sources.get(source).logDisorderMs() + 1)
            : 0;
    long appendedAt = ingestedAt + disorder + partitionLag[partition];
    pending.add(new Pending(appendedAt, sequence++, source, partition, ingestedAt, line, kind));
  }

  /** From 0 to below {@code bound}, mostly far below. */
  private long skewed(long bound) {
    double u = random.nextDouble();
    return (long) (u * u * u * bound);
  }

  private record Pending(
      long appendedAt,
      long sequence,
      int source,
      int partition,
      long ingestedAt,
      byte[] payload,
      RecordKind kind)
      implements Comparable<Pending> {
    @Override
    public int compareTo(Pending other) {
      int c = Long.compare(appendedAt, other.appendedAt);
      return c == 0 ? Long.compare(sequence, other.sequence) : c;
    }
  }
}
