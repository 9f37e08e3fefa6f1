package io.plumbline.bench.windows;

import io.plumbline.aggregate.Moment;
import io.plumbline.jobs.feature.Admitted;
import io.plumbline.jobs.feature.EntityKey;
import io.plumbline.jobs.feature.Exchange;
import io.plumbline.jobs.feature.FeatureSet;
import io.plumbline.jobs.feature.FlowType;
import io.plumbline.jobs.feature.Update;
import io.plumbline.jobs.pipeline.FeaturePipeline;
import io.plumbline.timeline.TimelinePlan;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.DataStreamUtils;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * The product's jobs: {@link FeaturePipeline#live} as the live job runs it, from admitted events to
 * updates. Nothing is decoded and no expression evaluated, as nothing of that is done for the
 * others.
 */
final class OurJobs {
  private OurJobs() {}

  static void live(StreamExecutionEnvironment env, Trial trial) {
    String window = FeatureText.window(trial.size(), trial.slide());
    FeatureText text = new FeatureText(trial.stream().disorder()).three(window, "live");
    end(updates(env, trial, text.set()));
  }

  static void closed(StreamExecutionEnvironment env, Trial trial) {
    end(updates(env, trial, closedSet(trial)));
  }

  /** A row for each window that is not empty, as Flink's window operators give. */
  static void filled(StreamExecutionEnvironment env, Trial trial) {
    DataStream<Update> updates = updates(env, trial, closedSet(trial));
    DataStream<Totals> rows =
        DataStreamUtils.reinterpretAsKeyedStream(
                updates, update -> EntityKey.hash(update.key()), Types.LONG)
            .process(new FilledRows(trial.slide().toMillis()), Types.POJO(Totals.class))
            .uid("filled");
    RowCount.end(rows, Totals::text);
  }

  static void many(StreamExecutionEnvironment env, Trial trial) {
    end(updates(env, trial, new FeatureText(trial.stream().disorder()).twenty().set()));
  }

  static void features(StreamExecutionEnvironment env, Trial trial) {
    FeatureText text = new FeatureText(trial.stream().disorder()).many(trial.features());
    end(updates(env, trial, text.set()));
  }

  private static FeatureSet closedSet(Trial trial) {
    String window = FeatureText.window(trial.size(), trial.slide());
    return new FeatureText(trial.stream().disorder()).three(window, "closed").set();
  }

  private static DataStream<Update> updates(
      StreamExecutionEnvironment env, Trial trial, FeatureSet set) {
    DataStream<Purchase> purchases =
        env.fromSource(
                new PurchaseSource(trial.stream(), PurchaseSource.Clock.LOG),
                WatermarkStrategy.noWatermarks(),
                "purchases")
            .uid("purchases")
            .setParallelism(trial.readers());
    DataStream<Admitted> admitted =
        purchases
            .map(new Admit(set))
            .returns(FlowType.admitted(set, FeatureText.SOURCE))
            .uid("admitted");
    return new FeaturePipeline(set, Exchange.streaming())
        .live(Map.of(FeatureText.SOURCE, admitted), Optional.empty(), noRewrites(purchases))
        .updates()
        .get(FeatureText.ENTITY);
  }

  /**
   * Nothing asks for a rewrite. Time comes with the purchases, so that it is not held up while the
   * job starts.
   */
  private static DataStream<Long> noRewrites(DataStream<Purchase> purchases) {
    return purchases
        .filter(purchase -> false)
        .uid("none")
        .map(purchase -> 0L)
        .uid("no-rewrites")
        .returns(Types.LONG);
  }

  private static void end(DataStream<Update> updates) {
    RowCount.end(updates, OurJobs::text);
  }

  /** What an event made of the first three features. */
  private static String text(Update update) {
    Object[] v = update.values();
    return update.ingestedAt() == Update.BY_TIME
        ? null
        : Totals.text(update.key(), update.asOf(), (Long) v[0], (Double) v[1], (Double) v[2]);
  }

  /** Takes a purchase as admission would, if its fields were Avro's. */
  private static final class Admit extends RichMapFunction<Purchase, Admitted> {
    private static final long serialVersionUID = 1L;
    private static final int EVENT_ITSELF = -1;

    private final FeatureSet set;
    private transient int[] amounts;
    private transient int partition;
    private transient long offset;

    Admit(FeatureSet set) {
      this.set = set;
    }

    @Override
    public void open(OpenContext context) {
      partition = getRuntimeContext().getTaskInfo().getIndexOfThisSubtask();
      List<TimelinePlan.Input> inputs = set.plans().entities().get(0).sources().get(0).inputs();
      amounts =
          inputs.stream()
              .mapToInt(i -> i.value().map(FeatureText.AMOUNTS::indexOf).orElse(EVENT_ITSELF))
              .toArray();
    }

    @Override
    public Admitted map(Purchase purchase) {
      Object[] values = new Object[amounts.length];
      for (int i = 0; i < values.length; i++) {
        values[i] =
            amounts[i] == EVENT_ITSELF ? (Object) true : (Object) (purchase.amount + amounts[i]);
      }
      return new Admitted(
          Admitted.Standing.COUNTS,
          null,
          purchase.eventTime,
          new Moment(purchase.eventTime, purchase.ingestedAt, partition, offset++),
          new Admitted.Part[] {new Admitted.Part(purchase.user, values)},
          null);
    }
  }
}
