package io.plumbline.bench.alternatives;

import io.plumbline.aggregate.Aggregate;
import io.plumbline.aggregate.Moment;
import io.plumbline.time.TileGrid;
import java.time.Duration;
import java.util.List;

/** One key's windows, all kept in one way, and events that move them. */
public final class MovingWindowRun {
  /** How long windows are, and their tiles. */
  public enum Span {
    HOUR("1h/1m", Duration.ofHours(1), Duration.ofMinutes(1)),
    WEEK("7d/5m", Duration.ofDays(7), Duration.ofMinutes(5)),
    MONTH("30d/5m", Duration.ofDays(30), Duration.ofMinutes(5));

    final String label;
    final Duration slide;
    final long tiles;

    Span(String label, Duration size, Duration slide) {
      this.label = label;
      this.slide = slide;
      this.tiles = size.dividedBy(slide);
    }
  }

  /** What is aggregated: a window for each. */
  public enum Of {
    COUNT_AND_SUM("count and sum"),
    MAX("max");

    final String label;

    Of(String label) {
      this.label = label;
    }

    List<Aggregate<Object>> aggregates() {
      return switch (this) {
        case COUNT_AND_SUM -> List.of(Amounts.count(), Amounts.sum());
        case MAX -> List.of(Amounts.max());
      };
    }
  }

  /** In which order events come. */
  public enum Order {
    AS_THEY_HAPPEN("in order", 0),
    UP_TO_A_MINUTE_LATE("up to 1m late", 60_000);

    final String label;
    final int lagMs;

    Order(String label, int lagMs) {
      this.label = label;
      this.lagMs = lagMs;
    }
  }

  private static final int EVENTS_PER_TILE = 2;
  private static final long START_MS = 1_767_225_600_000L;

  private final Aggregate<Object>[] aggregates;
  private final MovingWindow[] windows;
  private final Object[] shown;
  private final Double[] amounts = Amounts.prepared();
  private final int[] delays;
  private final long everyMs;
  private long next;

  @SuppressWarnings("unchecked")
  MovingWindowRun(MovingWindow.Way way, Span span, Of of, Order order) {
    TileGrid grid = new TileGrid(span.slide.toMillis(), 0);
    aggregates = of.aggregates().toArray(Aggregate[]::new);
    windows = new MovingWindow[aggregates.length];
    for (int i = 0; i < windows.length; i++) {
      windows[i] = MovingWindow.of(way, aggregates[i].algebra(), grid, span.tiles, order.lagMs);
    }
    shown = new Object[windows.length];
    delays = Amounts.delays(order.lagMs + 1);
    everyMs = span.slide.toMillis() / EVENTS_PER_TILE;
  }

  /** Until the window is full. */
  static long warmUp(Span span) {
    return (span.tiles + 1) * EVENTS_PER_TILE;
  }

  /** The next event comes. */
  void event() {
    int prepared = (int) next & (amounts.length - 1);
    long now = now();
    Moment moment = new Moment(now - delays[prepared], now, 0, next++);
    for (MovingWindow window : windows) {
      window.add(amounts[prepared], moment);
    }
  }

  private long now() {
    return START_MS + next * everyMs;
  }

  /** What the windows show when the last event came, finished. */
  Object[] values() {
    long time = now() - everyMs;
    for (int i = 0; i < windows.length; i++) {
      shown[i] = aggregates[i].finisher().finish(windows[i].show(time), time);
    }
    return shown;
  }
}
