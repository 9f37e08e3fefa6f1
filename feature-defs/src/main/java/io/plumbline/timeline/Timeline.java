package io.plumbline.timeline;

import io.plumbline.time.TileGrid;

/**
 * The whole truth about the feature values of one entity key: fed with admitted events in whatever
 * order they arrive, it answers what every feature was at a time, from exactly the events that were
 * known by then.
 *
 * <p>Events wait as <em>pending</em> until knowledge time has passed them, and are then folded into
 * tiles, sessions and lifetime accumulators. An answer at {@code t} folds what is known by {@code
 * t} and nothing more, so questions are to be asked in order of time, and an event that becomes
 * known at {@code t} is to be added before the question at {@code t} or later is asked.
 *
 * <p>Not thread-safe.
 */
public final class Timeline {
  /** Events are folded so many at a time: what they touch is fetched from memory once for all. */
  private static final int WORTH_FOLDING = 16;

  private static final long UNKNOWN = Long.MIN_VALUE;

  final TimelinePlan plan;
  final PendingEvents pending = new PendingEvents();
  final SourceState[] sources;

  /**
   * For each source, made when first asked for; null again when an event was taken back. Where all
   * windows are closed, what is pending shows nowhere.
   */
  private Lookahead[] lookaheads;

  private long settled = Long.MIN_VALUE;

  /**
   * When first a closed window can show a pending event, or sooner if events have gone since this
   * was looked up; {@link #UNKNOWN} before it was.
   */
  private long firstClose = UNKNOWN;

  /** An empty timeline. */
  public Timeline(TimelinePlan plan) {
    this.plan = plan;
    this.sources = new SourceState[plan.sources().size()];
    for (int i = 0; i < sources.length; i++) {
      sources[i] = new SourceState(plan.sources().get(i));
    }
  }

  /** What is kept, and where each feature reads it. */
  public TimelinePlan plan() {
    return plan;
  }

  /** Adds an event; it may be known already, and counts from the next answer on. */
  public void add(Event event) {
    pending.add(event);
    if (lookaheads != null) {
      lookaheads[event.source()].add(event);
    }
    if (firstClose > UNKNOWN) {
      firstClose = Math.min(firstClose, sources[event.source()].closesAt(event));
    }
  }

  /**
   * Takes back a pending event: that of the same source with the same ingestion time, partition and
   * offset.
   *
   * @return false if no such event is pending
   */
  public boolean retract(Event event) {
    boolean removed = pending.remove(event);
    if (removed) {
      lookaheads = null;
    }
    return removed;
  }

  /** Number of events not yet folded. */
  public int pending() {
    return pending.size();
  }

  /** Number of tiles that are kept. */
  public int tiles() {
    int tiles = 0;
    for (SourceState source : sources) {
      tiles += source.tiles();
    }
    return tiles;
  }

  /** When the first pending event becomes known; {@code Long.MAX_VALUE} if there is none. */
  public long firstPending() {
    return pending.firstKnown();
  }

  /**
   * Lets time pass: forgets what no feature can show after {@code time}, and folds what is known by
   * then once it is worth the while. No answer depends on when events are folded.
   */
  public void pass(long time) {
    if (lookaheads == null || pending.size() >= WORTH_FOLDING) {
      settle(time);
      return;
    }
    boolean showsNothing = true;
    for (Lookahead lookahead : lookaheads) {
      lookahead.all().prune(time);
      showsNothing &= lookahead.all().isEmpty();
    }
    if (showsNothing) {
      settle(time);
    }
    settled = Math.max(settled, time);
  }

  /**
   * Folds every event that is known by {@code time}, and forgets what no feature can show after it.
   */
  public void settle(long time) {
    for (Event event = pending.pollKnown(time); event != null; event = pending.pollKnown(time)) {
      sources[event.source()].fold(event);
      if (lookaheads != null) {
        lookaheads[event.source()].settled(event);
      }
    }
    for (int i = 0; i < sources.length; i++) {
      sources[i].prune(time);
      if (lookaheads != null) {
        lookaheads[i].all().prune(time);
      }
    }
    settled = Math.max(settled, time);
  }

  /**
   * The features' values at {@code time}, in the plan's order, from the events known by then; null
   * where a feature has no value. Settles up to {@code time}.
   *
   * @param time epoch ms, not before an earlier call's
   */
  public Object[] valuesAt(long time) {
    settle(time);
    Object[] values = new Object[plan.features().size()];
    Reading reading = Reading.valuesAt(time);
    for (SourceState source : sources) {
      source.read(values, reading);
    }
    return values;
  }

  /**
   * The features' values at {@code asOf} from all events, those pending included, in stored form
   * ({@link io.plumbline.aggregate.StoredValue}) and the plan's order; null where a feature has no
   * value. Settles nothing: answers at earlier times stay what they are.
   *
   * @param asOf epoch ms, not before any event became known, nor before what was settled; calls in
   *     order of time cost least
   */
  public Object[] latest(long asOf) {
    Object[] values = new Object[plan.features().size()];
    Reading reading = Reading.stored(asOf, Math.min(settled, asOf));
    boolean ahead = plan.showsLive() || pending.firstKnown() <= asOf;
    for (int i = 0; i < sources.length; i++) {
      (ahead ? lookaheads()[i].all() : sources[i]).read(values, reading);
    }
    if (!plan.showsLive()) {
      lookaheads = null;
    }
    return values;
  }

  /**
   * The next time at which, without another event, a value may change or settling may forget
   * something. A change by mere decay does not count: stored values stand for it.
   *
   * @param time epoch ms, not before any event became known
   * @return a time after {@code time}, perhaps too early, never too late; {@code Long.MAX_VALUE} if
   *     nothing changes any more
   */
  public long nextChange(long time) {
    boolean ahead = plan.showsLive() && (pending.size() > 0 || lookaheads != null);
    long next = ahead ? Long.MAX_VALUE : firstClose(time);
    boolean keepsNothing = true;
    for (int i = 0; i < sources.length; i++) {
      SourceState source = ahead ? lookaheads()[i].all() : sources[i];
      next = Math.min(next, source.nextChange(time));
      keepsNothing &= source.isEmpty();
    }
    if (keepsNothing && next == Long.MAX_VALUE && pending.size() > 0) {
      next = pending.lastKnown();
    }
    return Math.max(next, TileGrid.saturatedAdd(time, 1));
  }

  /**
   * When first a closed window can show a pending event. Before it is known, and folded, none can:
   * windows close no sooner than all their events are known.
   */
  private long firstClose(long time) {
    if (firstClose <= time) {
      firstClose = Long.MAX_VALUE;
      for (int i = 0; i < pending.size(); i++) {
        Event event = pending.get(i);
        firstClose = Math.min(firstClose, sources[event.source()].closesAt(event));
      }
    }
    return firstClose;
  }

  private Lookahead[] lookaheads() {
    if (lookaheads == null) {
      lookaheads = new Lookahead[sources.length];
      for (int i = 0; i < sources.length; i++) {
        lookaheads[i] = new Lookahead(sources[i]);
      }
      for (int i = 0; i < pending.size(); i++) {
        lookaheads[pending.get(i).source()].add(pending.get(i));
      }
    }
    return lookaheads;
  }

  /** Whether nothing is remembered: such a timeline equals a new one. */
  public boolean isEmpty() {
    if (pending.size() > 0) {
      return false;
    }
    for (SourceState source : sources) {
      if (!source.isEmpty()) {
        return false;
      }
    }
    return true;
  }
}
