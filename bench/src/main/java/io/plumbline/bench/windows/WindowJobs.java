package io.plumbline.bench.windows;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.AggregateFunction;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.KeyedStream;
import org.apache.flink.streaming.api.datastream.WindowedStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.windowing.WindowFunction;
import org.apache.flink.streaming.api.windowing.assigners.EventTimeSessionWindows;
import org.apache.flink.streaming.api.windowing.assigners.GlobalWindows;
import org.apache.flink.streaming.api.windowing.assigners.SlidingEventTimeWindows;
import org.apache.flink.streaming.api.windowing.assigners.TumblingEventTimeWindows;
import org.apache.flink.streaming.api.windowing.triggers.CountTrigger;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;
import org.apache.flink.streaming.api.windowing.windows.Window;
import org.apache.flink.util.Collector;

/** The same with the DataStream API's windows, each aggregated as events come. */
final class WindowJobs {
  private static final TypeInformation<Totals> ROW = Types.POJO(Totals.class);

  private WindowJobs() {}

  static void windows(StreamExecutionEnvironment env, Trial trial) {
    RowCount.end(window(purchases(env, trial), trial.size(), trial.slide()), Totals::text);
  }

  /** The windows of {@link FeatureText#WINDOWS}, as operators side by side. */
  static void eight(StreamExecutionEnvironment env, Trial trial) {
    KeyedStream<Purchase, String> purchases = purchases(env, trial);
    List<DataStream<Totals>> rows = new ArrayList<>();
    rows.add(window(purchases, Duration.ofMinutes(1), Duration.ofMinutes(1)));
    rows.add(window(purchases, Duration.ofMinutes(5), Duration.ofMinutes(5)));
    rows.add(window(purchases, Duration.ofHours(1), Duration.ofMinutes(1)));
    rows.add(window(purchases, Duration.ofHours(24), Duration.ofHours(1)));
    rows.add(window(purchases, Duration.ofDays(7), Duration.ofHours(1)));
    rows.add(window(purchases, Duration.ofDays(30), Duration.ofDays(1)));
    rows.add(rows(purchases.window(EventTimeSessionWindows.withGap(Duration.ofMinutes(30)))));
    rows.add(rows(purchases.window(GlobalWindows.create()).trigger(CountTrigger.of(1))));
    DataStream<Totals> all = rows.stream().reduce(DataStream::union).orElseThrow();
    RowCount.end(all, Totals::text);
  }

  private static KeyedStream<Purchase, String> purchases(
      StreamExecutionEnvironment env, Trial trial) {
    return env.fromSource(
            new PurchaseSource(trial.stream(), PurchaseSource.Clock.EVENT),
            WatermarkStrategy.noWatermarks(),
            "purchases")
        .uid("purchases")
        .setParallelism(trial.readers())
        .keyBy(purchase -> purchase.user);
  }

  private static DataStream<Totals> window(
      KeyedStream<Purchase, String> purchases, Duration size, Duration slide) {
    return rows(
        size.equals(slide)
            ? purchases.window(TumblingEventTimeWindows.of(size))
            : purchases.window(SlidingEventTimeWindows.of(size, slide)));
  }

  private static <W extends Window> DataStream<Totals> rows(
      WindowedStream<Purchase, String, W> windows) {
    return windows.aggregate(new Sum(), new Label<W>(), ROW, ROW);
  }

  /** Adds up. */
  private static final class Sum implements AggregateFunction<Purchase, Totals, Totals> {
    private static final long serialVersionUID = 1L;

    @Override
    public Totals createAccumulator() {
      return new Totals();
    }

    @Override
    public Totals add(Purchase purchase, Totals totals) {
      totals.add(purchase.amount);
      return totals;
    }

    @Override
    public Totals getResult(Totals totals) {
      return totals;
    }

    @Override
    public Totals merge(Totals a, Totals b) {
      a.count += b.count;
      a.sum += b.sum;
      a.max = Math.max(a.max, b.max);
      return a;
    }
  }

  /** Says whose and when. */
  private static final class Label<W extends Window>
      implements WindowFunction<Totals, Totals, String, W> {
    private static final long serialVersionUID = 1L;

    @Override
    public void apply(String user, W window, Iterable<Totals> input, Collector<Totals> out) {
      long end = window instanceof TimeWindow time ? time.getEnd() : Long.MAX_VALUE;
      out.collect(input.iterator().next().at(user, end));
    }
  }
}
