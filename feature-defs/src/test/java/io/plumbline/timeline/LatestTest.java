package io.plumbline.timeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.plumbline.aggregate.Aggregate;
import io.plumbline.aggregate.Aggregates;
import io.plumbline.aggregate.Decayed;
import io.plumbline.aggregate.Finisher;
import io.plumbline.aggregate.Moment;
import io.plumbline.aggregate.StoredValue;
import io.plumbline.definition.Aggregation;
import io.plumbline.definition.Definitions;
import io.plumbline.definition.Emit;
import io.plumbline.definition.Entity;
import io.plumbline.definition.Feature;
import io.plumbline.definition.Source;
import io.plumbline.definition.Window;
import io.plumbline.time.Knowledge;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.avro.SchemaBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a live job asks of a timeline, by hand. */
class LatestTest {
  private static final long LATENESS = 4;
  private static final Aggregation COUNT = new Aggregation.Count();
  private static final Window TEN = Window.Sliding.tumbling(10, 0);
  private static final Window SESSION = new Window.Session(10);
  private static final OptionalLong FOREVER = OptionalLong.empty();

  @Test
  void keepsSourcesApart() {
    Timeline timeline =
        timeline(
            feature("pay", COUNT, new Window.Lifetime(), Emit.LIVE, FOREVER),
            feature("click", COUNT, TEN, Emit.LIVE, FOREVER));
    timeline.add(event(0, 1));
    timeline.add(event(1, 2));

    assertThat(timeline.latest(2)).containsExactly(1L, 1L);
    assertThat(timeline.retract(event(1, 1))).isFalse();
    assertThat(timeline.retract(event(1, 2))).isTrue();
    assertThat(timeline.latest(2)).containsExactly(1L, null);
    assertThat(timeline.valuesAt(0)).containsExactly(null, null);
  }

  @Test
  void knowsNothingOfWhatWasTakenBack() {
    Timeline timeline = timeline(feature("pay", COUNT, TEN, Emit.LIVE, FOREVER));
    timeline.add(event(0, 1));
    timeline.latest(1);

    assertThat(timeline.retract(event(0, 1))).isTrue();
    assertThat(timeline.retract(event(0, 1))).isFalse();
    assertThat(timeline.isEmpty()).isTrue();
    assertThat(timeline.nextChange(1)).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void storesWhatReadersNeedToFinish() {
    Feature.Windowed since =
        feature("pay", new Aggregation.TimeSinceLast(), TEN, Emit.LIVE, FOREVER);
    Feature.Windowed decayed =
        feature("pay", new Aggregation.DecayedCount(4), TEN, Emit.LIVE, FOREVER);
    Timeline timeline = timeline(since, decayed);
    timeline.add(event(0, 1));

    Object[] stored = timeline.latest(5);

    assertThat(stored).containsExactly(1L, new Decayed(0.5, 5));
    assertThat(StoredValue.finish(since, stored[0], 8)).isEqualTo(0.007);
    assertThat(StoredValue.finish(decayed, stored[1], 5)).isEqualTo(0.5);
    assertThat(StoredValue.finish(decayed, stored[1], 9)).isEqualTo(0.25);
    assertThat((Double) StoredValue.finish(decayed, stored[1], 7))
        .isCloseTo(Math.pow(2, -1.5), within(1e-15));
    assertThat(StoredValue.finish(decayed, stored[1], Long.MAX_VALUE)).isEqualTo(0.0);
    assertThat(StoredValue.finish(decayed, null, 9)).isNull();
  }

  @Test
  void readersFinishJustWhatTimelinesDoNot() {
    for (Aggregation aggregation :
        List.of(
            COUNT,
            new Aggregation.Rate(1),
            new Aggregation.TimeSinceLast(),
            new Aggregation.DecayedCount(1))) {
      Aggregate<?> aggregate = Aggregates.of(aggregation, null, TEN);
      assertThat(StoredValue.isReadTime(feature("pay", aggregation, TEN, Emit.LIVE, FOREVER)))
          .as("%s", aggregation)
          .isEqualTo(aggregate.finisher() instanceof Finisher.ReadTime);
    }
  }

  @Test
  void namesTheTimesAtWhichWindowsPass() {
    assertThat(changes(feature("pay", COUNT, new Window.Sliding(30, 10, 0), Emit.LIVE, FOREVER)))
        .containsExactly(30L);
    assertThat(changes(feature("pay", COUNT, new Window.Sliding(30, 10, 3), Emit.LIVE, FOREVER)))
        .containsExactly(33L);
    assertThat(changes(feature("pay", COUNT, new Window.Sliding(30, 10, 0), Emit.CLOSED, FOREVER)))
        .containsExactly(10 + LATENESS, 40 + LATENESS);
  }

  @Test
  void namesTheTimesAtWhichSessionsPass() {
    long closesAt = 5 + 10 + LATENESS;
    assertThat(changes(feature("pay", COUNT, SESSION, Emit.LIVE, FOREVER)))
        .containsExactly(16L, closesAt + 1);
    assertThat(changes(feature("pay", COUNT, SESSION, Emit.CLOSED, OptionalLong.of(7))))
        .containsExactly(closesAt, closesAt + 7 + 1);
    assertThat(changes(feature("pay", COUNT, SESSION, Emit.CLOSED, FOREVER)))
        .containsExactly(closesAt);
  }

  /** The changes after an event at 5 until nothing changes any more. */
  private static List<Long> changes(Feature.Windowed feature) {
    Timeline timeline = timeline(feature);
    timeline.add(event(0, 5));
    List<Long> changes = new ArrayList<>();
    for (long next = timeline.nextChange(5);
        next < Long.MAX_VALUE;
        next = timeline.nextChange(next)) {
      changes.add(next);
      timeline.settle(next);
    }
    boolean keeps = feature.emit() == Emit.CLOSED && feature.window() == SESSION;
    assertThat(timeline.isEmpty()).isEqualTo(!keeps || feature.retainMs().isPresent());
    return changes;
  }

  @Test
  void whatIsKeptForEverNeverChanges() {
    Timeline timeline = timeline(feature("pay", COUNT, new Window.Lifetime(), Emit.LIVE, FOREVER));
    timeline.add(event(0, 5));
    assertThat(timeline.nextChange(5)).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void wakesToForgetWhatNeverCounted() {
    Timeline timeline = timeline(feature("pay", COUNT, new Window.Lifetime(), Emit.LIVE, FOREVER));
    timeline.add(new Event(0, 5, new Moment(5, 5, 0, 0), new Object[] {null}));

    assertThat(timeline.latest(9)).containsOnlyNulls();
    assertThat(timeline.nextChange(9)).isEqualTo(10);
    timeline.settle(10);
    assertThat(timeline.isEmpty()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(longs = {Long.MIN_VALUE, Long.MIN_VALUE + 1, Long.MAX_VALUE - 1, Long.MAX_VALUE})
  void theEndsOfTimeAreNoExceptions(long time) {
    for (Window window : List.of(TEN, new Window.Sliding(30, 10, 3), SESSION)) {
      for (Emit emit : Emit.values()) {
        Timeline timeline =
            timeline(
                feature("pay", COUNT, window, emit, FOREVER),
                feature("pay", new Aggregation.DecayedCount(3), window, emit, FOREVER));
        timeline.add(event(0, time));

        Object[] values = timeline.latest(time);

        assertThat(values[0]).isEqualTo(timeline.valuesAt(time)[0]);
        if (emit == Emit.LIVE) {
          assertThat(values).containsExactly(1L, new Decayed(1.0, time));
        }
        long next = timeline.nextChange(time);
        assertThat(next > time || next == Long.MAX_VALUE).as("after %d: %d", time, next).isTrue();
      }
    }
  }

  private static Event event(int source, long time) {
    return new Event(source, time, new Moment(time, time, 0, time), new Object[] {true});
  }

  private static Timeline timeline(Feature.Windowed... features) {
    Definitions definitions =
        new Definitions(
            List.of(source("pay"), source("click")),
            List.of(new Entity("user", List.of("user_id"))),
            List.of(features),
            List.of(),
            Map.of(),
            "");
    return new Timeline(
        TimelinePlan.of(definitions, "user", List.of(features), Knowledge.AS_KNOWN));
  }

  private static Source source(String name) {
    return new Source(
        name,
        SchemaBuilder.record("Row").fields().requiredLong("at").endRecord(),
        name,
        Source.Encoding.JSON,
        "at",
        new Source.IngestedAt.Log(),
        1000,
        Optional.empty(),
        LATENESS,
        0);
  }

  private static Feature.Windowed feature(
      String source, Aggregation aggregation, Window window, Emit emit, OptionalLong retainMs) {
    return new Feature.Windowed(
        new Feature.Info(
            "f",
            1,
            "user",
            Optional.empty(),
            "",
            "",
            OptionalLong.empty(),
            Optional.empty(),
            new Feature.Place("by hand", 1)),
        Aggregates.of(aggregation, null, window).type(),
        source,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        aggregation,
        window,
        emit,
        retainMs);
  }
}
