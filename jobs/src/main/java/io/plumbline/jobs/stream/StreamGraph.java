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
import io.plumbline.jobs.kafka.IngestionClock;
import io.plumbline.jobs.kafka.LogRecord;
import io.plumbline.jobs.kafka.LogSource;
import io.plumbline.jobs.kafka.PayloadDecoder;
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
    live.duplicates().forEach((source, stream) -> rejected.merge(source, stream, DataStream::union));
    rejected.forEach(this::writeRejected);
    asked.ifPresent(questions -> answer(questions, live.answers().orElseThrow()));
  }

  private DataStream<Admitted> records(StreamExecutionEnvironment env, Source source) {
    StreamRequest.Log log = request.log();
    PayloadDecoder.Factory decoders = PayloadDecoder.factory(log.registry());
    LogSource topic =
        LogSource.of(log.kafka(), source.topic(), request.name())
            .startAt(log.start())
            .ingestedAt(IngestionClock.of(source, decoders))
            .disorderMs(source.logDisorderMs())
            .build();
    int tasks = Math.min(env.getParallelism(), plan.partitions().get(source.topic()));
    SingleOutputStreamOperator<Admitted> admitted =
        read(env, topic, Uids.records(source.name()), source.topic(), tasks)
            .transform(
                source.name() + " records",
                FlowType.admitted(set, source.name()),
                new LogRecords(set, source.name(), decoders))
            .setParallelism(tasks)
            .uid(Uids.intake(source.name()));
    rejected.put(source.name(), admitted.getSideOutput(LogRecords.REJECTED));
    return admitted;
  }

  private static DataStream<LogRecord> read(
      StreamExecutionEnvironment env, LogSource topic, String uid, String name, int tasks) {
    return env.fromSource(topic, WatermarkStrategy.noWatermarks(), name)
        .setParallelism(tasks)
        .uid(uid);
  }

  private SingleOutputStreamOperator<Asked> observations(
      StreamExecutionEnvironment env, StreamRequest.Asking asking) {
    LogSource topic =
        LogSource.of(request.log().kafka(), asking.observations(), request.name())
            .startAt(request.log().start())
            .completeAfterMs(asking.delayMs())
            .build();
    int tasks = Math.min(env.getParallelism(), plan.partitions().get(asking.observations()));
    return read(env, topic, Uids.observations() + "-topic", asking.observations(), tasks)
        .transform(
            "observations",
            FlowType.asked(set),
            new LiveObservations(
                plan.observations().orElseThrow(), ObservationKeys.counts(set.plans())))
        .setParallelism(tasks)
        .uid(Uids.observations());
  }

  /** Looks once a second; says nothing about time. */
  private DataStream<Long> rewriteRequests(StreamExecutionEnvironment env) {
    DataGeneratorSource<Long> seconds =
        new DataGeneratorSource<>(
            n -> n, Long.MAX_VALUE, RateLimiterStrategy.perSecond(1), Types.LONG);
    return env.fromSource(seconds, WatermarkStrategy.forGenerator(context -> new Timeless()), "seconds")
        .setParallelism(1)
        .uid(Uids.rewriteRequests() + "-seconds")
        .transform(
            "rewrite requests", Types.LONG, new RewriteRequests(request.redis().redis()))
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
    Source definition = set.plans().definitions().source(source);
    records
        .transform(
            "rejected of " + source + " to Redis",
            Types.VOID,
            new RejectedWriter(
                request.redis(),
                request.rejectedKept(),
                PayloadDecoder.toJson(definition, request.log().registry())))
        .setParallelism(1)
        .uid(Uids.rejected(source));
  }

  private void answer(SingleOutputStreamOperator<Asked> asked, DataStream<Answered> answered) {
    StreamRequest.Asking asking = request.asking().orElseThrow();
    answered
        .transform(
            "answers",
            PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO,
            new LiveAnswers(set))
        .uid(Uids.finish())
        .union(asked.getSideOutput(LiveObservations.REFUSED))
        .sinkTo(AnswerSink.to(request.log().kafka(), asking.answers()))
        .uid(Uids.answers())
        .name("answers to " + asking.answers());
  }
}
