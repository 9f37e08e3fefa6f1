package io.plumbline.timeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.plumbline.aggregate.Aggregates;
import io.plumbline.aggregate.Moment;
import io.plumbline.definition.Aggregation;
import io.plumbline.definition.Definitions;
import io.plumbline.definition.Emit;
import io.plumbline.definition.Entity;
import io.plumbline.definition.Feature;
import io.plumbline.definition.Source;
import io.plumbline.definition.ValueType;
import io.plumbline.definition.Window;
import io.plumbline.time.Knowledge;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import org.apache.avro.SchemaBuilder;

/** Random definitions of one source, a random history of one key, and questions about it. */
final class History {
  final Random random;
  final Knowledge knowledge;
  final long base;
  final long unit;
  final long lateness;
  final Source source;
  final List<Feature.Windowed> features = new ArrayList<>();
  final TimelinePlan plan;
  final List<Event> events = new ArrayList<>();
  final long[] questions;

  History(Random random, Knowledge knowledge) {
    this(random, knowledge, List.of(0L, -1000L, 1767225600000L).get(random.nextInt(3)));
  }

  History(Random random, Knowledge knowledge, long base) {
    this.random = random;
    this.knowledge = knowledge;
    this.base = base;
    this.unit = List.of(1L, 10L, 60_000L).get(random.nextInt(3));
    this.lateness = random.nextInt(12) * unit;
    this.source = source();
    int n = 1 + random.nextInt(6);
    for (int i = 0; i < n; i++) {
      features.add(feature(i));
    }
    Definitions definitions =
        new Definitions(
            List.of(source),
            List.of(new Entity("user", List.of("user_id"))),
            List.copyOf(features),
            List.of(),
            Map.of(),
            "");
    this.plan = TimelinePlan.of(definitions, "user", features, knowledge);
    int count = random.nextInt(50);
    long span = 1L + random.nextInt(120);
    for (int i = 0; i < count; i++) {
      events.add(event(i, span));
    }
    questions = new long[1 + random.nextInt(12)];
    for (int i = 0; i < questions.length; i++) {
      boolean onTie = !events.isEmpty() && random.nextInt(3) == 0;
      questions[i] =
          onTie
              ? events.get(random.nextInt(events.size())).knownAt()
              : base + time(2 * span) - unit;
    }
    Arrays.sort(questions);
  }

  private Source source() {
    return new Source(
        "pay",
        SchemaBuilder.record("Pay").fields().requiredLong("at").endRecord(),
        "pay",
        Source.Encoding.JSON,
        "at",
        new Source.IngestedAt.Log(),
        1000,
        Optional.empty(),
        lateness,
        0);
  }

  /** Whole units mostly, so that events meet the edges of windows. */
  private long time(long span) {
    long t = random.nextInt((int) span) * unit;
    return random.nextInt(4) == 0 ? t + random.nextInt((int) Math.min(unit, 1000)) : t;
  }

  private Event event(int i, long span) {
    long eventTime = base + time(span);
    long delay = random.nextBoolean() ? 0 : (long) (random.nextDouble() * (lateness + 1));
    long ingestedAt = eventTime + Math.min(delay, lateness);
    int partition = random.nextInt(3) - 1;
    Moment moment = new Moment(eventTime, ingestedAt, partition, i);
    Object[] values = new Object[plan.sources().get(0).inputs().size()];
    for (int v = 0; v < values.length; v++) {
      values[v] = value(plan.sources().get(0).inputs().get(v).type());
    }
    return new Event(0, knowledge.knownAt(eventTime, ingestedAt), moment, values);
  }

  private Object value(Optional<ValueType> type) {
    if (random.nextInt(4) == 0) {
      return null;
    }
    if (type.isEmpty()) {
      return true;
    }
    if (type.get().list()) {
      int n = random.nextInt(8) == 0 ? 2 : 3;
      List<Object> vector = new ArrayList<>();
      for (int i = 0; i < n; i++) {
        vector.add(number());
      }
      return vector;
    }
    return switch (type.get().scalar()) {
      case BOOLEAN -> random.nextBoolean();
      case LONG -> random.nextInt(9) == 0 ? random.nextLong() : (long) random.nextInt(7) - 3;
      case DOUBLE -> number();
      case STRING -> List.of("a", "b", "é", "￮", "😀", "").get(random.nextInt(6));
    };
  }

  private Object number() {
    double[] odd = {0.1, 1e16, -1e16, 5e-324, 1e9 + 0.5, 1e308, -1e308, 3.14, 0.0};
    return random.nextInt(4) == 0 ? odd[random.nextInt(odd.length)] : random.nextInt(20) - 5.0;
  }

  private Feature.Windowed feature(int i) {
    Emit emit = random.nextBoolean() ? Emit.LIVE : Emit.CLOSED;
    Window window = window();
    OptionalLong retain = OptionalLong.empty();
    if (window instanceof Window.Lifetime) {
      emit = Emit.LIVE;
    }
    if (!(window instanceof Window.Sliding)
        && (window instanceof Window.Lifetime || emit == Emit.CLOSED)
        && random.nextBoolean()) {
      retain = OptionalLong.of((1 + random.nextInt(20)) * unit);
    }
    Choice choice = choice(window);
    Optional<String> value = choice.type.map(t -> t + "_" + random.nextInt(2));
    return new Feature.Windowed(
        new Feature.Info(
            "f" + i,
            1,
            "user",
            Optional.empty(),
            "",
            "",
            OptionalLong.empty(),
            Optional.empty(),
            new Feature.Place("random", i)),
        Aggregates.of(choice.aggregation, choice.type.orElse(null), window).type(),
        "pay",
        random.nextBoolean() ? Optional.empty() : Optional.of("where"),
        value,
        choice.type,
        choice.aggregation,
        window,
        emit,
        retain);
  }

  private Window window() {
    return switch (random.nextInt(4)) {
      case 0 -> new Window.Session((1 + random.nextInt(15)) * unit);
      case 1 -> new Window.Lifetime();
      default -> {
        long slide = (1 + random.nextInt(10)) * unit;
        long offset = random.nextBoolean() ? 0 : (long) (random.nextDouble() * slide);
        yield new Window.Sliding(slide * (1 + random.nextInt(6)), slide, offset);
      }
    };
  }

  private record Choice(Aggregation aggregation, Optional<ValueType> type) {}

  private Choice choice(Window window) {
    ValueType number = random.nextBoolean() ? ValueType.LONG : ValueType.DOUBLE;
    ValueType any =
        List.of(ValueType.LONG, ValueType.DOUBLE, ValueType.STRING, ValueType.BOOLEAN)
            .get(random.nextInt(4));
    long half = (1 + random.nextInt(20)) * unit;
    return switch (random.nextInt(22)) {
      case 0 -> new Choice(new Aggregation.Count(), Optional.empty());
      case 1 -> new Choice(new Aggregation.Sum(), Optional.of(number));
      case 2 -> new Choice(new Aggregation.Mean(), Optional.of(number));
      case 3 -> new Choice(new Aggregation.Min(), Optional.of(any));
      case 4 -> new Choice(new Aggregation.Max(), Optional.of(any));
      case 5 -> new Choice(new Aggregation.VarPop(), Optional.of(number));
      case 6 -> new Choice(new Aggregation.VarSamp(), Optional.of(number));
      case 7 -> new Choice(new Aggregation.StddevPop(), Optional.of(number));
      case 8 -> new Choice(new Aggregation.StddevSamp(), Optional.of(number));
      case 9 -> new Choice(new Aggregation.First(), Optional.of(any));
      case 10 -> new Choice(new Aggregation.Last(), Optional.of(any));
      case 11 -> new Choice(new Aggregation.LastN(1 + random.nextInt(4)), Optional.of(any));
      case 12 -> new Choice(new Aggregation.DistinctCount(), Optional.of(any));
      case 13 -> new Choice(new Aggregation.Mode(), Optional.of(any));
      case 14 -> new Choice(new Aggregation.TopK(1 + random.nextInt(3)), Optional.of(any));
      case 15 -> new Choice(new Aggregation.TimeSinceLast(), Optional.empty());
      case 16 ->
          new Choice(
              new Aggregation.VectorMean(3),
              Optional.of(ValueType.listOf(ValueType.Scalar.DOUBLE)));
      case 17 ->
          new Choice(new Aggregation.ApproxQuantile(random.nextInt(5) / 4.0), Optional.of(number));
      case 18 -> new Choice(new Aggregation.ApproxDistinctCount(), Optional.of(any));
      case 19 -> new Choice(new Aggregation.DecayedSum(half), Optional.of(number));
      case 20 -> new Choice(new Aggregation.DecayedCount(half), Optional.empty());
      default ->
          window instanceof Window.Sliding
              ? new Choice(new Aggregation.Rate(unit), Optional.empty())
              : new Choice(new Aggregation.Count(), Optional.empty());
    };
  }

  /** What is read of what was written. */
  Timeline restored(Timeline timeline) throws IOException {
    TimelineCodec codec = new TimelineCodec(plan);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    codec.write(timeline, new DataOutputStream(bytes));
    Timeline read = codec.read(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
    ByteArrayOutputStream again = new ByteArrayOutputStream();
    codec.write(read, new DataOutputStream(again));
    assertThat(again.toByteArray()).as("bytes written again").isEqualTo(bytes.toByteArray());
    return read;
  }

  /** How long after an event a live window of this feature may still hold it, at most. */
  long reach(Feature.Windowed feature) {
    if (feature.window() instanceof Window.Sliding window) {
      return window.sizeMs();
    } else if (feature.window() instanceof Window.Session session) {
      return session.gapMs();
    }
    return feature.retainMs().orElse(0);
  }

  /** What the naive reference knows of a feature at a time if these events have come. */
  List<NaiveTimeline.Contribution> known(List<Event> arrived, Feature.Windowed feature, long at) {
    int input = plan.sources().get(0).inputs().indexOf(TimelinePlan.Input.of(feature, 0));
    return arrived.stream()
        .filter(e -> e.knownAt() <= at && e.values()[input] != null)
        .map(e -> new NaiveTimeline.Contribution(e.moment(), e.values()[input]))
        .toList();
  }

  /** Compares values with those of the naive reference over the events that have come. */
  void checkValues(List<Event> arrived, long at, Object[] values) {
    for (int f = 0; f < features.size(); f++) {
      Feature.Windowed feature = features.get(f);
      List<NaiveTimeline.Contribution> known = known(arrived, feature, at);
      Object expected = new NaiveTimeline(feature, lateness).valueAt(known, at);
      assertThat(matches(feature.aggregation(), expected, values[f], known))
          .as("%s at %d: expected %s, is %s", feature, at, expected, values[f])
          .isTrue();
    }
  }

  private static boolean matches(
      Aggregation aggregation,
      Object expected,
      Object value,
      List<NaiveTimeline.Contribution> known) {
    if (expected == null || value == null) {
      return Objects.equals(expected, value);
    }
    double bound = 0;
    if (aggregation instanceof Aggregation.DecayedSum) {
      bound =
          1e-9
              * known.stream().mapToDouble(c -> Math.abs(((Number) c.value()).doubleValue())).sum();
    } else if (aggregation instanceof Aggregation.DecayedCount) {
      bound = 1e-9 * known.size();
    } else if (aggregation instanceof Aggregation.ApproxQuantile) {
      bound = 0.01 * Math.abs(((Number) expected).doubleValue());
    } else if (aggregation instanceof Aggregation.VarPop
        || aggregation instanceof Aggregation.VarSamp
        || aggregation instanceof Aggregation.StddevPop
        || aggregation instanceof Aggregation.StddevSamp) {
      bound = 1e-9 * Math.abs((Double) expected);
    } else {
      return expected.equals(value);
    }
    double difference = ((Number) expected).doubleValue() - ((Number) value).doubleValue();
    return Math.abs(difference) <= bound;
  }
}
