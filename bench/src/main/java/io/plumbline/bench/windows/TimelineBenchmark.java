package io.plumbline.bench.windows;

import io.plumbline.aggregate.Moment;
import io.plumbline.definition.DefinitionBundle;
import io.plumbline.definition.Feature;
import io.plumbline.definition.ValueType;
import io.plumbline.jobs.feature.FeatureSet;
import io.plumbline.time.Knowledge;
import io.plumbline.timeline.Event;
import io.plumbline.timeline.Timeline;
import io.plumbline.timeline.TimelinePlan;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * One event through a timeline, without Flink: it is added, what is known before it passes, and the
 * latest values are read, as the live job does.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class TimelineBenchmark {
  private static final long EVENTS_PER_DAY = 2_000_000;

  /** Which features: three over 1h/1m, or those of users in the payments set. */
  @Param({"hour", "payments"})
  public String features;

  /** How many timelines take turns. */
  @Param({"100", "10000"})
  public int keys;

  /** Purchases that are made beforehand, and come again and again at later times. */
  private static final int PREPARED = 1 << 16;

  private TimelinePlan plan;
  private Timeline[] timelines;
  private int[] users;
  private Object[][] values;
  private PurchaseStream stream;
  private long next;

  /** Makes empty timelines, and lets an hour pass. */
  @Setup
  public void prepare() {
    plan = (features.equals("hour") ? hour() : payments()).plans().entities().get(0);
    timelines = new Timeline[keys];
    for (int i = 0; i < keys; i++) {
      timelines[i] = new Timeline(plan);
    }
    stream =
        new PurchaseStream(
            keys, 0, EVENTS_PER_DAY, Long.MAX_VALUE, Duration.ZERO, Duration.ofSeconds(10));
    users = new int[PREPARED];
    values = new Object[PREPARED][];
    for (int i = 0; i < PREPARED; i++) {
      Purchase purchase = stream.purchase(i);
      users[i] = Integer.parseInt(purchase.user, 1, purchase.user.length(), 10);
      values[i] = values(purchase);
    }
    next = 0;
    for (int i = 0; i < EVENTS_PER_DAY / 24; i++) {
      event();
    }
  }

  /** One event. */
  @Benchmark
  public Object[] event() {
    int prepared = (int) (next % PREPARED);
    long time = stream.logTime(next);
    Timeline timeline = timelines[users[prepared]];
    Moment moment = new Moment(time, time, 0, next++);
    timeline.add(new Event(0, time, moment, values[prepared]));
    timeline.pass(time - 1);
    return timeline.latest(time);
  }

  private Object[] values(Purchase purchase) {
    List<TimelinePlan.Input> inputs = plan.sources().get(0).inputs();
    Object[] values = new Object[inputs.size()];
    for (int i = 0; i < values.length; i++) {
      ValueType type = inputs.get(i).type().orElse(null);
      boolean declined = inputs.get(i).where().map(w -> w.contains("declined")).orElse(false);
      // One payment in twenty-five is declined, as in the generated set.
      if (declined == (purchase.amount <= 40) || inputs.get(i).where().isEmpty()) {
        values[i] = type == null ? (Object) true : value(type, purchase);
      }
    }
    return values;
  }

  private static Object value(ValueType type, Purchase purchase) {
    return type.equals(ValueType.STRING)
        ? "merchant-" + (long) purchase.amount % 50
        : (Object) purchase.amount;
  }

  private static FeatureSet hour() {
    return new FeatureText(Duration.ZERO).three("{sliding: 1h, every: 1m}", "live").set();
  }

  private static FeatureSet payments() {
    Path root = Path.of(System.getProperty("plumbline.bench.root", "."));
    DefinitionBundle bundle = DefinitionBundle.read(root.resolve("feature-defs/sets/payments"));
    List<String> ids =
        bundle.definitions().features().stream()
            .filter(feature -> feature.entity().equals("user"))
            .map(Feature::id)
            .toList();
    return new FeatureSet(bundle, ids, Knowledge.AS_KNOWN);
  }
}
