package io.plumbline.timeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.plumbline.definition.Definitions;
import io.plumbline.definition.Entity;
import io.plumbline.definition.Feature;
import io.plumbline.definition.Window;
import io.plumbline.time.Knowledge;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Features come and go in the middle of a history: those that stay are what they would have been,
 * and of the new ones each has all of its history or none.
 */
class TimelineMigrationPropertyTest {
  private static final int HISTORIES = 4_000;

  private int kept;
  private int whole;
  private int empty;

  @Test
  void noFeatureShowsHalfAHistory() throws IOException {
    for (long seed = 0; seed < HISTORIES; seed++) {
      check(new Random(seed), "seed " + seed);
    }
    assertThat(kept).isGreaterThan(1000);
    assertThat(whole).isGreaterThan(100);
    assertThat(empty).isGreaterThan(1000);
  }

  private void check(Random random, String seed) throws IOException {
    History history = new History(random, Knowledge.AS_KNOWN);
    List<Feature.Windowed> features = new ArrayList<>(history.features);
    history.features.forEach(feature -> features.add(relative(feature, random)));
    TimelinePlan every = plan(history, features, Map.of());
    List<Feature.Windowed> before = some(features, random);
    List<Feature.Windowed> now = some(features, random);
    if (before.isEmpty() || now.isEmpty()) {
      return;
    }
    TimelinePlan old = plan(history, before, Map.of());
    Map<String, Integer> cohorts = new HashMap<>();
    Map<String, Boolean> coverage = new HashMap<>();
    for (Feature.Windowed feature : now) {
      if (!before.contains(feature)) {
        boolean covering = Coverage.of(old, feature);
        coverage.put(feature.id(), covering);
        cohorts.put(feature.id(), covering ? 0 : 1);
      }
    }
    TimelinePlan plan = plan(history, now, cohorts);
    List<Event> events = new ArrayList<>(history.events);
    events.sort(Comparator.comparingLong(Event::knownAt));
    int cut = events.isEmpty() ? 0 : random.nextInt(events.size() + 1);
    long time = cut == 0 ? history.base - 1 : events.get(cut - 1).knownAt();

    Timeline timeline = new Timeline(old);
    events.subList(0, cut).forEach(e -> timeline.add(as(e, history.plan, old)));
    timeline.settle(time - random.nextInt(3) * history.unit);
    Timeline migrated = new TimelineMigration(old, plan).migrate(copy(timeline, old));
    Timeline all = new Timeline(every);
    events.forEach(e -> all.add(as(e, history.plan, every)));
    Timeline later = new Timeline(every);
    events.subList(cut, events.size()).forEach(e -> later.add(as(e, history.plan, every)));
    events.subList(cut, events.size()).forEach(e -> migrated.add(as(e, history.plan, plan)));
    for (long question : history.questions) {
      if (question < time) {
        continue;
      }
      Object[] values = copy(migrated, plan).valuesAt(question);
      Object[] ofAll = all.valuesAt(question);
      Object[] ofLater = later.valuesAt(question);
      for (int i = 0; i < values.length; i++) {
        Feature.Windowed feature = now.get(i);
        boolean isEmpty = !before.contains(feature) && !coverage.get(feature.id());
        Object[] expected = isEmpty ? ofLater : ofAll;
        assertThat(values[i])
            .as("%s, %s at %s after %s", seed, feature, question, time)
            .isEqualTo(expected[features.indexOf(feature)]);
        kept += before.contains(feature) ? 1 : 0;
        empty += isEmpty ? 1 : 0;
        whole += !isEmpty && !before.contains(feature) ? 1 : 0;
      }
    }
  }

  /** Another version, whose window may be longer or shorter. */
  private static Feature.Windowed relative(Feature.Windowed of, Random random) {
    Feature.Info info = of.info();
    Window window = of.window();
    if (window instanceof Window.Sliding w) {
      window = new Window.Sliding((1 + random.nextInt(6)) * w.slideMs(), w.slideMs(), w.offsetMs());
    }
    return new Feature.Windowed(
        new Feature.Info(
            info.name(),
            2,
            info.entity(),
            info.defaultValue(),
            info.description(),
            info.owner(),
            info.freshnessMs(),
            info.expected(),
            info.place()),
        of.type(),
        of.source(),
        of.where(),
        of.value(),
        of.valueType(),
        of.aggregation(),
        window,
        of.emit(),
        of.retainMs());
  }

  private static List<Feature.Windowed> some(List<Feature.Windowed> all, Random random) {
    List<Feature.Windowed> some = new ArrayList<>();
    for (Feature.Windowed feature : all) {
      if (random.nextInt(3) > 0) {
        some.add(random.nextInt(some.size() + 1), feature);
      }
    }
    return some;
  }

  private static TimelinePlan plan(
      History history, List<Feature.Windowed> features, Map<String, Integer> cohorts) {
    Definitions definitions =
        new Definitions(
            List.of(history.source),
            List.of(new Entity("user", List.of("user_id"))),
            List.copyOf(features),
            List.of(),
            Map.of(),
            "");
    return TimelinePlan.of(definitions, "user", features, history.knowledge, cohorts);
  }

  /** The same event as another plan's inputs see it. */
  private static Event as(Event event, TimelinePlan from, TimelinePlan to) {
    List<TimelinePlan.Input> inputs = to.sources().get(0).inputs();
    Object[] values = new Object[inputs.size()];
    for (int i = 0; i < values.length; i++) {
      TimelinePlan.Input in = inputs.get(i);
      TimelinePlan.Input first = new TimelinePlan.Input(in.where(), in.value(), in.type(), 0);
      values[i] = event.values()[from.sources().get(0).inputs().indexOf(first)];
    }
    return new Event(0, event.knownAt(), event.moment(), values);
  }

  private static Timeline copy(Timeline timeline, TimelinePlan plan) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    new TimelineCodec(plan).write(timeline, new DataOutputStream(bytes));
    return new TimelineCodec(plan)
        .read(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
  }
}
