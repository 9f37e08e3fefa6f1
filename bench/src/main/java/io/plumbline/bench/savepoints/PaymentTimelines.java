package io.plumbline.bench.savepoints;

import io.plumbline.jobs.admission.Intake;
import io.plumbline.jobs.admission.Reason;
import io.plumbline.jobs.decode.JsonDecoder;
import io.plumbline.jobs.feature.Admitted;
import io.plumbline.jobs.feature.Exchange;
import io.plumbline.jobs.feature.FeatureSet;
import io.plumbline.jobs.feature.FlowType;
import io.plumbline.jobs.feature.Update;
import io.plumbline.jobs.pipeline.FeaturePipeline;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichFlatMapFunction;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.Collector;

/** The payments set as the live job computes it, from records of the log to updates. */
final class PaymentTimelines {
  private PaymentTimelines() {}

  /**
   * Adds the job.
   *
   * @return how many operators end it
   */
  static int define(StreamExecutionEnvironment env, PaymentSource.Log log) {
    FeatureSet set = PaymentSet.live();
    DataStream<Payment> payments =
        env.fromSource(
                new PaymentSource(log, PaymentSource.Clock.LOG),
                WatermarkStrategy.noWatermarks(),
                "payments")
            .uid("payments")
            .setParallelism(1);
    DataStream<Admitted> admitted =
        payments
            .flatMap(new Admit(set))
            .returns(FlowType.admitted(set, PaymentSet.SOURCE))
            .uid("admitted")
            .setParallelism(1);
    Map<String, DataStream<Update>> updates =
        new FeaturePipeline(set, Exchange.streaming())
            .live(Map.of(PaymentSet.SOURCE, admitted), Optional.empty(), noRewrites(payments))
            .updates();
    List<String> entities = set.plans().entities().stream().map(p -> p.entity()).toList();
    for (int e = 0; e < entities.size(); e++) {
      List<String> features =
          set.plans().entities().get(e).features().stream().map(f -> f.id()).toList();
      EndValues.end(
          updates.get(entities.get(e)), new Values(entities.get(e), List.copyOf(features)));
    }
    return entities.size();
  }

  /** Nothing asks for a rewrite; time comes with the payments. */
  private static DataStream<Long> noRewrites(DataStream<Payment> payments) {
    return payments
        .filter(payment -> false)
        .uid("none")
        .setParallelism(1)
        .map(payment -> 0L)
        .uid("no-rewrites")
        .returns(Types.LONG)
        .setParallelism(1);
  }

  /** What an update says. */
  private record Values(String entity, List<String> features) implements EndValues.Reader<Update> {
    @Override
    public void read(Update update, EndValues.Taker taker) {
      for (int f = 0; f < features.size(); f++) {
        Number value = (Number) update.values()[f];
        taker.take(
            entity, update.key(), features.get(f), value == null ? null : value.doubleValue());
      }
    }
  }

  /** Decodes and admits. */
  private static final class Admit extends RichFlatMapFunction<Payment, Admitted> {
    private static final long serialVersionUID = 1L;

    private final FeatureSet set;
    private transient JsonDecoder decoder;
    private transient Intake intake;

    Admit(FeatureSet set) {
      this.set = set;
    }

    @Override
    public void open(OpenContext context) {
      decoder = new JsonDecoder(set.plans().definitions().source(PaymentSet.SOURCE).schema());
      intake = new Intake(set, PaymentSet.SOURCE, new NothingFails());
    }

    @Override
    public void flatMap(Payment payment, Collector<Admitted> out) throws Exception {
      intake
          .take(decoder.decode(payment.payload), payment.ingestedAt, 0, payment.offset)
          .ifPresent(admitted -> out.collect(admitted.carrying(payment.payload)));
    }
  }

  private static final class NothingFails implements Intake.Listener {
    @Override
    public void rejected(Reason reason, OptionalLong sentTime) {
      throw new IllegalStateException("a payment was rejected: " + reason);
    }

    @Override
    public void failed(String featureId) {
      throw new IllegalStateException("an expression failed: " + featureId);
    }
  }
}
