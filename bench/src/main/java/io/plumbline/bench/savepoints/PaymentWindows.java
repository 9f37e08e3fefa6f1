package io.plumbline.bench.savepoints;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.AggregateFunction;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.api.java.tuple.Tuple4;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.KeyedStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.streaming.api.functions.windowing.WindowFunction;
import org.apache.flink.streaming.api.windowing.assigners.SlidingEventTimeWindows;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;
import org.apache.flink.util.Collector;

/**
 * The payments set with the DataStream API's windows: an operator for each window of an entity, in
 * which all of its features share one accumulator, and a value of its own for what has no window.
 */
final class PaymentWindows {
  private static final TypeInformation<Tuple4<String, String, String, Double>> ROW =
      Types.TUPLE(Types.STRING, Types.STRING, Types.STRING, Types.DOUBLE);

  private PaymentWindows() {}

  /** What a window's features are, by name. */
  interface Features<A> extends AggregateFunction<Payment, A, A> {
    void values(A accumulator, Values out);
  }

  /** Takes values of one key. */
  interface Values {
    void add(String feature, double value);
  }

  /**
   * Adds the job.
   *
   * @return how many operators end it
   */
  static int define(StreamExecutionEnvironment env, PaymentSource.Log log) {
    DataStream<Payment> payments =
        env.fromSource(
                new PaymentSource(log, PaymentSource.Clock.EVENT),
                WatermarkStrategy.noWatermarks(),
                "payments")
            .setParallelism(1);
    long endMs = log.endMs();
    Entity user = new Entity(PaymentSet.USER, payments.keyBy(p -> p.user), endMs);
    Entity merchant =
        new Entity(
            PaymentSet.MERCHANT,
            payments.filter(p -> p.merchant != null).setParallelism(1).keyBy(p -> p.merchant),
            endMs);
    List<DataStream<Tuple4<String, String, String, Double>>> rows = new ArrayList<>();
    rows.add(user.windows("5m/15s", new PaymentAggregates.Minutes(), PaymentAggregates.MINUTES));
    rows.add(user.windows("10m/30s", new PaymentAggregates.Rate(), Types.LONG));
    rows.add(user.windows("1h/1m", new PaymentAggregates.Hour(), PaymentAggregates.HOUR));
    rows.add(user.windows("24h/15m", new PaymentAggregates.Day(), PaymentAggregates.DAY));
    rows.add(user.windows("30d/1d", new PaymentAggregates.Month(), PaymentAggregates.MONTH));
    rows.add(user.stream.process(new Last(), ROW).name("user lifetime"));
    rows.add(
        merchant.windows("1h/1m", new PaymentAggregates.Declined(), PaymentAggregates.DECLINED_OF));
    rows.add(
        merchant.windows("24h/1h", new PaymentAggregates.Quantile(), PaymentAggregates.QUANTILE));
    EndValues.end(
        rows.stream().reduce(DataStream::union).orElseThrow(),
        (row, taker) -> taker.take(row.f0, row.f1, row.f2, row.f3));
    return 1;
  }

  private record Entity(String name, KeyedStream<Payment, String> stream, long endMs) {
    /**
     * @param window size and slide, as in {@code 24h/15m}
     */
    <A> DataStream<Tuple4<String, String, String, Double>> windows(
        String window, Features<A> features, TypeInformation<A> accumulator) {
      String[] sizeAndSlide = window.split("/", 0);
      return stream
          .window(SlidingEventTimeWindows.of(duration(sizeAndSlide[0]), duration(sizeAndSlide[1])))
          .aggregate(features, new AtTheEnd<>(name, features, endMs), accumulator, ROW)
          .name(name + " " + window);
    }
  }

  private static Duration duration(String text) {
    return text.endsWith("d") ? Duration.parse("P" + text) : Duration.parse("PT" + text);
  }

  /** Gives values of the windows alone that end with the log. */
  private static final class AtTheEnd<A>
      implements WindowFunction<A, Tuple4<String, String, String, Double>, String, TimeWindow> {
    private static final long serialVersionUID = 1L;

    private final String entity;
    private final Features<A> features;
    private final long endMs;

    AtTheEnd(String entity, Features<A> features, long endMs) {
      this.entity = entity;
      this.features = features;
      this.endMs = endMs;
    }

    @Override
    public void apply(
        String key,
        TimeWindow window,
        Iterable<A> input,
        Collector<Tuple4<String, String, String, Double>> out) {
      if (window.getEnd() == endMs) {
        features.values(
            input.iterator().next(),
            (name, value) -> out.collect(Tuple4.of(entity, key, name, value)));
      }
    }
  }

  /** The last payment of a user, by event time; it is never forgotten. */
  private static final class Last
      extends KeyedProcessFunction<String, Payment, Tuple4<String, String, String, Double>> {
    private static final long serialVersionUID = 1L;
    private transient ValueState<Tuple2<Long, Double>> last;

    @Override
    public void open(OpenContext context) {
      last =
          getRuntimeContext()
              .getState(new ValueStateDescriptor<>("last", Types.TUPLE(Types.LONG, Types.DOUBLE)));
    }

    @Override
    public void processElement(
        Payment payment, Context context, Collector<Tuple4<String, String, String, Double>> out)
        throws Exception {
      Tuple2<Long, Double> before = last.value();
      if (before == null || before.f0 <= payment.paidAt) {
        last.update(Tuple2.of(payment.paidAt, payment.amount));
        String user = context.getCurrentKey();
        out.collect(
            Tuple4.of(
                PaymentSet.USER,
                user,
                "user_seconds_since_last_payment:v1",
                (double) payment.paidAt));
        out.collect(Tuple4.of(PaymentSet.USER, user, "user_amount_last:v1", payment.amount));
      }
    }
  }
}
