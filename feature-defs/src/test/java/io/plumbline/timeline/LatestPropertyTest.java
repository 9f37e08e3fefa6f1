package io.plumbline.timeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.plumbline.aggregate.Decayed;
import io.plumbline.aggregate.Moment;
import io.plumbline.aggregate.StoredValue;
import io.plumbline.definition.Aggregation;
import io.plumbline.definition.Feature;
import io.plumbline.time.Knowledge;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Random histories as a live job meets them: events come out of order, some are taken back, time
 * settles behind them, values are asked for ahead of what has settled and at times before, and the
 * job is restored now and then.
 */
class LatestPropertyTest {
  private static final int HISTORIES = Integer.getInteger("plumbline.histories", 1500);
  private static final long SEED = Long.getLong("plumbline.seed", 20260601L);

  /** Longer than any window; from no edge of the tests does it reach the end of time. */
  private static final long FAR = 1L << 50;

  @ParameterizedTest
  @EnumSource(Knowledge.class)
  void latestIsWhatTheNaiveReferenceSays(Knowledge knowledge) {
    for (int i = 0; i < HISTORIES; i++) {
      long seed = SEED + i;
      try {
        new Live(new History(new Random(seed), knowledge)).run();
      } catch (Throwable e) {
        throw new AssertionError(
            "differs; see again: -Dplumbline.histories=1 -Dplumbline.seed=" + seed, e);
      }
    }
  }

  @Test
  void knowsTheEdgesOfTime() {
    for (int i = 0; i < 150; i++) {
      for (long edge : new long[] {-1L << 60, -1, 0, 1L << 60}) {
        try {
          new Live(new History(new Random(SEED + i), Knowledge.AS_KNOWN, edge)).run();
        } catch (Throwable e) {
          throw new AssertionError("seed " + (SEED + i) + ", edge " + edge, e);
        }
      }
    }
  }

  private record Arrival(long at, Event event) {}

  private static final class Live {
    final History history;
    final Random random;
    final long disorder;

    /** What has come and was not taken back. */
    final List<Event> present = new ArrayList<>();

    Timeline timeline;
    long asOf;
    long settled = Long.MIN_VALUE;

    /** Up to when events were folded for certain. */
    long folded = Long.MIN_VALUE;

    long wake = Long.MIN_VALUE;

    Live(History history) {
      this.history = history;
      this.random = history.random;
      this.disorder = (long) random.nextInt(20) * history.unit;
      this.timeline = new Timeline(history.plan);
      this.asOf = history.base - history.unit;
    }

    void run() throws IOException {
      for (Arrival arrival : arrivals()) {
        add(arrival.event());
        asOf = Math.max(asOf, arrival.event().knownAt() + later());
        step(arrival.at() - disorder - 1);
      }
      drain();
    }

    private List<Arrival> arrivals() {
      List<Arrival> arrivals = new ArrayList<>();
      for (Event event : history.events) {
        long jitter = (long) (random.nextDouble() * (disorder + 1));
        arrivals.add(new Arrival(event.knownAt() + jitter, event));
      }
      arrivals.sort(Comparator.comparingLong(Arrival::at));
      return arrivals;
    }

    private long later() {
      return random.nextInt(3) == 0 ? random.nextInt(30) * history.unit : 0;
    }

    private void add(Event event) {
      timeline.add(event);
      present.add(event);
    }

    /**
     * @param known up to when all events have come
     */
    private void step(long known) throws IOException {
      if (random.nextInt(3) == 0) {
        retract();
      }
      if (random.nextInt(3) > 0) {
        checkLatest();
      }
      if (random.nextInt(3) == 0) {
        settleUpTo(known);
      }
      if (random.nextInt(6) == 0) {
        timeline = history.restored(timeline);
      }
      if (random.nextInt(3) == 0) {
        checkLatest();
        checkNextChange();
      }
    }

    private void retract() {
      Event event = present.isEmpty() ? null : present.get(random.nextInt(present.size()));
      boolean perhapsFolded =
          event != null && event.knownAt() > folded && event.knownAt() <= settled;
      if (event != null && !perhapsFolded) {
        Moment m = event.moment();
        Moment never = new Moment(m.eventTime(), m.ingestedAt(), m.partition(), m.offset() + 1000);
        assertThat(timeline.retract(new Event(0, event.knownAt(), never, event.values())))
            .as("retracted what never came")
            .isFalse();
        boolean pending = event.knownAt() > settled;
        assertThat(timeline.retract(event)).as("retracted what is pending").isEqualTo(pending);
        if (pending) {
          present.remove(event);
        }
      }
    }

    private void settleUpTo(long known) {
      if (known <= settled) {
        return;
      }
      long from = Math.max(settled, history.base - history.unit);
      if (random.nextBoolean() && from < known) {
        settled = Math.min(known, from + (long) (random.nextDouble() * (known - from + 1)));
        folded = settled;
        assertThat(timeline.valuesAt(settled)).as("at %d", settled).isEqualTo(freshAt(settled));
      }
      settled = known;
      letPass(known);
      asOf = Math.max(asOf, known);
    }

    private void letPass(long time) {
      if (random.nextBoolean()) {
        folded = time;
        timeline.settle(time);
      } else {
        timeline.pass(time);
      }
    }

    /** Answers of a timeline that learns of everything at once. */
    private Object[] freshAt(long time) {
      Timeline fresh = new Timeline(history.plan);
      present.forEach(fresh::add);
      return fresh.valuesAt(time);
    }

    private void checkLatest() {
      Object[] values = timeline.latest(asOf);
      for (int f = 0; f < values.length; f++) {
        Feature.Windowed feature = history.features.get(f);
        if (values[f] != null && StoredValue.isReadTime(feature)) {
          boolean isTime = feature.aggregation() instanceof Aggregation.TimeSinceLast;
          assertThat(values[f]).isInstanceOf(isTime ? Long.class : Decayed.class);
        }
        values[f] = StoredValue.finish(feature, values[f], asOf);
      }
      assertThat(values).as("latest at %d", asOf).isEqualTo(freshAt(asOf));
      history.checkValues(present, asOf, values);
    }

    private void checkNextChange() {
      wake = timeline.nextChange(asOf);
      assertThat(wake).as("next change").isGreaterThan(asOf);
      List<List<NaiveTimeline.Contribution>> now = shownAt(asOf);
      long far = Math.min(wake, asOf + FAR);
      checkSame(now, far - 1);
      for (int i = 0; i < 3; i++) {
        checkSame(now, asOf + (long) (random.nextDouble() * (far - asOf)));
      }
      for (Event event : present) {
        Feature.Windowed feature = history.features.get(random.nextInt(history.features.size()));
        long reach = random.nextBoolean() ? history.reach(feature) : 0;
        long late = random.nextBoolean() ? history.lateness : 0;
        long retain = random.nextBoolean() ? feature.retainMs().orElse(0) : 0;
        checkSame(now, event.moment().eventTime() + reach + late + retain + random.nextInt(3) - 1);
      }
    }

    private void checkSame(List<List<NaiveTimeline.Contribution>> now, long time) {
      if (asOf < time && time < wake) {
        assertThat(shownAt(time)).as("%d to %d, before %d", asOf, time, wake).isEqualTo(now);
      }
    }

    /** What is in each feature's window, if no other event comes. */
    private List<List<NaiveTimeline.Contribution>> shownAt(long time) {
      List<List<NaiveTimeline.Contribution>> shown = new ArrayList<>();
      for (Feature.Windowed feature : history.features) {
        List<NaiveTimeline.Contribution> known = history.known(present, feature, time);
        List<NaiveTimeline.Contribution> window =
            new ArrayList<>(new NaiveTimeline(feature, history.lateness).window(known, time));
        window.sort(Comparator.comparing(NaiveTimeline.Contribution::moment));
        shown.add(window);
      }
      return shown;
    }

    /** Wakes at each change until nothing changes any more. */
    private void drain() throws IOException {
      int wakes = 0;
      checkNextChange();
      while (wake < Long.MAX_VALUE) {
        assertThat(++wakes).as("wakes").isLessThan(20 * (history.features.size() + 1) * 51);
        asOf = wake;
        letPass(wake);
        checkLatest();
        if (random.nextInt(10) == 0) {
          timeline = history.restored(timeline);
        }
        checkNextChange();
      }
      boolean showsNothing = shownAt(asOf).stream().allMatch(List::isEmpty);
      if (showsNothing) {
        assertThat(timeline.isEmpty()).as("empty at the end, %d", asOf).isTrue();
      }
    }
  }
}
