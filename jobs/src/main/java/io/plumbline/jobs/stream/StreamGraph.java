package io.plumbline.jobs.stream;

import io.plumbline.definition.Source;
import io.plumbline.jobs.admission.Rejected;
import io.plumbline.jobs.feature.Admitted;
import io.plumbline.jobs.feature.Answered;
import io.plumbline.jobs.feature.Asked;
import io.plumbline.jobs.feature.Exchange;
import io.plumbline.jobs.feature.FeatureSet;
import io.plumbline.jobs.feature.FlowType;
import io.plumbline.jobs.feature.Uids;
import io.plumbline.jobs.feature.Update;
import io.plumbline.jobs.kafka.AnswerSink;
import io.plumbline.jobs.kafka.LogRecord;
import io.plumbline.jobs.pipeline.FeaturePipeline;
import io.plumbline.jobs.pipeline.LiveAnswers;
import io.plumbline.jobs.pipeline.LiveObservations;
import io.plumbline.jobs.pipeline.LogRecords;
import io.plumbline.jobs.pipeline.ObservationKeys;
import io.plumbline.jobs.redis.ProgressWriter;
import io.plumbline.jobs.redis.RejectedWriter;
import io.plumbline.jobs.redis.UpdateWriter;
import io.plumbline.jobs.redis.WriterOptions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * The live Flink job: Kafka in, Redis out. What lies between is {@link FeaturePipeline}, which a
 * backfill runs as well.
 */
final class StreamGraph {
  private final StreamPlan plan;
  private final StreamRequest request;
  private final FeatureSet set;

  /** Rejected records of each source, wherever they were found out. */
  private final Map<String, DataStream<Rejected>> rejected = new LinkedHashMap<>();

  StreamGraph(StreamPlan plan) {
    this.plan = plan;
    this.request = plan.request();
    this.set = plan.set();
  }

  /** Adds the job to an environment. */
  void define(StreamExecutionEnvironment env) {
    Map<String, DataStream<Admitted>> admitted = new LinkedHashMap<>();
    for (String source : set.plans().sources()) {
      admitted.put(source, records(env, set.plans().definitions().source(source)));
    }
    Optional<SingleOutputStreamOperator<Asked>> asked =
        request.asking().map(asking -> observations(env, asking));
    FeaturePipeline.Live live =
        new FeaturePipeline(set, Exchange.streaming())
            .live(admitted, asked.map(a -> (DataStream<Asked>) a), rewriteRequests(env));
    live.updates().forEach(this::write);
    live.duplicates()
        .forEach((source, stream) -> rejected.merge(source, stream, DataStream::union));
    rejected.forEach(this::writeRejected);
    asked.ifPresent(questions -> answer(questions, live.answers().orElseThrow()));
  }

  private DataStream<Admitted> records(StreamExecutionEnvironment env, Source source) {
    DataStream<LogRecord> log = request.logs().events(env, source, Uids.records(source.name()));
    SingleOutputStreamOperator<Admitted> admitted =
        log.transform(
                source.name() + " records",
                FlowType.admitted(set, source.name()),
                new LogRecords(set, source.name(), request.logs().registry()))
            .setParallelism(log.getParallelism())
            .uid(Uids.intake(source.name()));
    rejected.put(source.name(), admitted.getSideOutput(LogRecords.REJECTED));
    return admitted;
  }

  private SingleOutputStreamOperator<Asked> observations(
      StreamExecutionEnvironment env, StreamRequest.Asking asking) {
    DataStream<LogRecord> topic =
        request.logs().observations(env, asking.observations(), asking.delayMs());
    return topic
        .transform(
            "observations",
            FlowType.asked(set),
            new LiveObservations(
                plan.observations().orElseThrow(), ObservationKeys.counts(set.plans())))
        .setParallelism(topic.getParallelism())
        .uid(Uids.observations());
  }

  /** Looks once a second; says nothing about time. */
  private DataStream<Long> rewriteRequests(StreamExecutionEnvironment env) {
    DataGeneratorSource<Long> seconds =
        new DataGeneratorSource<>(
            n -> n, Long.MAX_VALUE, RateLimiterStrategy.perSecond(1), Types.LONG);
    return env.fromSource(
            seconds, WatermarkStrategy.forGenerator(context -> new Timeless()), "seconds")
        .setParallelism(1)
        .uid(Uids.rewriteRequests() + "-seconds")
        .transform(
            "rewrite requests",
            Types.LONG,
            new RewriteRequests(
                request.redis(),
                request.name(),
                set.plans().definitions().fingerprint(),
                set.plans().entities().stream().map(plan -> plan.entity()).toList()))
        .setParallelism(1)
        .uid(Uids.rewriteRequests());
  }

  private void write(String entity, DataStream<Update> updates) {
    WriterOptions redis = request.redis();
    updates
        .transform(
            "features of " + entity + " to Redis",
            Types.VOID,
            new UpdateWriter(set, List.of(entity), redis))
        .uid(Uids.updates(entity))
        .transform("progress of " + entity, Types.VOID, new ProgressWriter(List.of(entity), redis))
        .setParallelism(1)
        .uid(Uids.progress(entity));
  }

  private void writeRejected(String source, DataStream<Rejected> records) {
    records
        .transform(
            "rejected of " + source + " to Redis",
            Types.VOID,
            new RejectedWriter(
                request.redis().redis(),
                request.redis().limits(),
                new RejectedText(set, request.logs().registry()),
                request.rejectedKept()))
        .setParallelism(1)
        .uid(Uids.rejected(source));
  }

  private void answer(SingleOutputStreamOperator<Asked> asked, DataStream<Answered> answered) {
    StreamRequest.Asking asking = request.asking().orElseThrow();
    answered
        .transform(
            "answers", PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO, new LiveAnswers(set))
        .uid(Uids.finish())
        .union(asked.getSideOutput(LiveObservations.REFUSED))
        .sinkTo(
            AnswerSink.of(
                request.logs().settings(),
                asking.answers(),
                new Keyless(),
                AnswerSink.Delivery.AT_LEAST_ONCE,
                request.name()))
        .uid(Uids.answers())
        .name("answers to " + asking.answers());
  }

  /** An answer is its own record. */
  private static final class Keyless implements AnswerSink.Encoder<byte[]> {
    private static final long serialVersionUID = 1L;

    @Override
    public byte[] key(byte[] answer) {
      return null;
    }

    @Override
    public byte[] value(byte[] answer) {
      return answer;
    }
  }
}
