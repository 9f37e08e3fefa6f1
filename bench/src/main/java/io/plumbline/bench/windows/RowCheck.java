package io.plumbline.bench.windows;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/**
 * Compares what the contestants say over a small stream: closed windows with each other, what is
 * said for each event with a scan of all events. Ends with 1 if a row differs.
 */
public final class RowCheck {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration FIVE_MINUTES = Duration.ofMinutes(5);
  private static final long DAY_EVENTS = 20_000;
  private static final double NO_CAP_SECONDS = 3_600;
  private static final int SHOWN = 5;

  /** Keys with a larger share of the events may be taken for popular ones. */
  private static final double POPULAR = 0.02;

  private final PurchaseStream stream;
  private final Trial.Backend backend;
  private int wrong;

  private RowCheck(PurchaseStream stream, Trial.Backend backend) {
    this.stream = stream;
    this.backend = backend;
  }

  public static void main(String[] arguments) throws Exception {
    long events = Long.parseLong(arguments[0]);
    // Two watermarks in each slide at least, or changes within one would be told together.
    PurchaseStream stream =
        new PurchaseStream(500, 0, DAY_EVENTS, events, Duration.ZERO, Duration.ofSeconds(20));
    RowCheck check = new RowCheck(stream, Trial.Backend.valueOf(arguments[1]));
    check.windows();
    check.eachEvent();
    System.exit(check.wrong > 0 ? 1 : 0);
  }

  private void windows() throws Exception {
    Set<String> sliding = rows(Job.WINDOWS, HOUR, MINUTE);
    compare("sliding windows, SQL HOP", sliding, rows(Job.HOP, HOUR, MINUTE));
    compare("sliding windows, Plumbline closed", sliding, rows(Job.FILLED, HOUR, MINUTE));
    compare(
        "tumbling windows, Plumbline closed",
        rows(Job.WINDOWS, FIVE_MINUTES, FIVE_MINUTES),
        rows(Job.FILLED, FIVE_MINUTES, FIVE_MINUTES));
  }

  private void eachEvent() throws Exception {
    long slide = MINUTE.toMillis();
    long size = HOUR.toMillis();
    Set<String> scanned = scan(t -> t - Math.floorMod(t, slide) + slide - size);
    Set<String> live = rows(Job.LIVE, HOUR, MINUTE);
    Set<String> apart = new TreeSet<>(scanned);
    apart.removeIf(row -> !live.contains(row) && standsInALaterOne(row, live));
    System.out.println(
        "popular keys: " + (scanned.size() - apart.size()) + " events shown with later ones");
    compare("scan, Plumbline live", apart, live);
    compare("scan, SQL OVER", scan(t -> t - size), rows(Job.OVER, HOUR, MINUTE));
  }

  /** Events of a popular key may travel together: what they make is shown once for all of them. */
  private boolean standsInALaterOne(String row, Set<String> live) {
    String[] cells = row.split("\\|", -1);
    String prefix = cells[0] + "|";
    return sharesOfKeys().get(cells[0]) > POPULAR
        && live.stream()
            .filter(other -> other.startsWith(prefix))
            .anyMatch(
                other -> Long.parseLong(other.split("\\|", -1)[1]) > Long.parseLong(cells[1]));
  }

  /** Of each key's events in all. */
  private Map<String, Double> sharesOfKeys() {
    Map<String, Double> shares = new HashMap<>();
    for (long event = 0; event < stream.events(); event++) {
      shares.merge(stream.purchase(event).user, 1.0 / stream.events(), Double::sum);
    }
    return shares;
  }

  private Set<String> rows(Job job, Duration size, Duration slide) throws Exception {
    Trial trial =
        new Trial(job, backend, stream, size, slide, 0, 1, 1, NO_CAP_SECONDS, Duration.ZERO);
    Collection<String> rows = LocalRun.run(trial, Progress.Keep.TEXT).rows();
    Set<String> set = new TreeSet<>(rows);
    if (set.size() != rows.size()) {
      throw new IllegalStateException(job + " gave " + (rows.size() - set.size()) + " rows twice");
    }
    return settled(set, slide);
  }

  /**
   * Without the rows of the last two slides: a window's row waits for the end of the next one on
   * one side, and needs no more than its own on the other.
   */
  private Set<String> settled(Set<String> rows, Duration slide) {
    long last = stream.logTime(stream.events()) - 2 * slide.toMillis();
    Set<String> settled = new TreeSet<>();
    for (String row : rows) {
      if (Long.parseLong(row.split("\\|", -1)[1]) <= last) {
        settled.add(row);
      }
    }
    return settled;
  }

  /** What each event makes of the window that begins at, and holds, a time of its own. */
  private Set<String> scan(UnaryOperator<Long> from) {
    Map<String, List<Purchase>> byUser = new HashMap<>();
    Set<String> rows = new TreeSet<>();
    for (long event = 0; event < stream.events(); event++) {
      Purchase purchase = stream.purchase(event);
      List<Purchase> all = byUser.computeIfAbsent(purchase.user, u -> new ArrayList<>());
      all.add(purchase);
      Totals totals = new Totals();
      for (Purchase p : all) {
        if (p.eventTime >= from.apply(purchase.eventTime)) {
          totals.add(p.amount);
        }
      }
      rows.add(totals.at(purchase.user, purchase.eventTime).text());
    }
    return settled(rows, MINUTE);
  }

  private void compare(String what, Set<String> expected, Set<String> actual) {
    Set<String> missing = new TreeSet<>(expected);
    missing.removeAll(actual);
    Set<String> more = new TreeSet<>(actual);
    more.removeAll(expected);
    boolean equal = missing.isEmpty() && more.isEmpty() && !expected.isEmpty();
    System.out.println(
        what
            + ": "
            + expected.size()
            + " and "
            + actual.size()
            + (equal ? " equal rows" : " rows"));
    if (!equal) {
      wrong++;
      System.out.println("  only the first: " + missing.stream().limit(SHOWN).toList());
      System.out.println("  only the second: " + more.stream().limit(SHOWN).toList());
    }
  }
}
