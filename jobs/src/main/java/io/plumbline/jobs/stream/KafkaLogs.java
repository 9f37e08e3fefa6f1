package io.plumbline.jobs.stream;

import io.plumbline.definition.Source;
import io.plumbline.jobs.archive.ArchiveGraph;
import io.plumbline.jobs.archive.DecoderFactory;
import io.plumbline.jobs.feature.Uids;
import io.plumbline.jobs.kafka.IngestionClock;
import io.plumbline.jobs.kafka.KafkaSettings;
import io.plumbline.jobs.kafka.LogRecord;
import io.plumbline.jobs.kafka.LogSource;
import io.plumbline.jobs.kafka.LogStart;
import io.plumbline.jobs.kafka.Loss;
import io.plumbline.jobs.kafka.PayloadFormat;
import io.plumbline.jobs.kafka.RegistrySettings;
import io.plumbline.jobs.kafka.Topics;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** The topics of a set's sources, as streams whose watermarks are knowledge time. */
public final class KafkaLogs implements ArchiveGraph.Logs {
  private final KafkaSettings kafka;
  private final RegistrySettings registry;
  private final LogStart start;
  private final String group;
  private final Loss loss;
  private final Map<String, LogStart.Cut> cuts;
  private final Map<String, Integer> partitions = new LinkedHashMap<>();

  /**
   * @param start where to read from without a savepoint
   * @param group under which read offsets are committed, for people to look at
   */
  public KafkaLogs(KafkaSettings kafka, RegistrySettings registry, LogStart start, String group) {
    this(kafka, registry, start, group, Loss.REFUSED, Map.of());
  }

  private KafkaLogs(
      KafkaSettings kafka,
      RegistrySettings registry,
      LogStart start,
      String group,
      Loss loss,
      Map<String, LogStart.Cut> cuts) {
    this.kafka = kafka;
    this.registry = registry;
    this.start = start;
    this.group = group;
    this.loss = loss;
    this.cuts = cuts;
  }

  /** The same topics, with something else to do where they have dropped what is to be read next. */
  public KafkaLogs onLoss(Loss what) {
    return new KafkaLogs(kafka, registry, start, group, what, cuts);
  }

  /**
   * The same topics, where some sources' events are read from a cut on.
   *
   * @param starts by name of the source
   */
  KafkaLogs from(Map<String, LogStart.Cut> starts) {
    return new KafkaLogs(kafka, registry, start, group, loss, Map.copyOf(starts));
  }

  /** How to reach the cluster. */
  KafkaSettings settings() {
    return kafka;
  }

  /** Where writers' schemas are. */
  RegistrySettings registry() {
    return registry;
  }

  /**
   * Looks at the topics of sources, and at others that are to be there.
   *
   * @throws io.plumbline.UserError if one cannot be read as its source says
   */
  @Override
  public void check(Collection<Source> sources, Collection<String> others) {
    try (Topics topics = Topics.connect(kafka)) {
      for (Source source : sources) {
        PayloadFormat.of(source, registry).check();
        partitions.put(source.topic(), topics.check(source));
      }
      for (String topic : others) {
        partitions.put(topic, topics.partitions(topic));
      }
    }
  }

  @Override
  public DataStream<LogRecord> records(StreamExecutionEnvironment env, Source source) {
    return read(env, log(source).build(), "archive-" + Uids.records(source.name()), source.topic());
  }

  /** A source's records, for those who keep what knowledge time has not passed. */
  DataStream<LogRecord> events(StreamExecutionEnvironment env, Source source, String uid) {
    return read(env, log(source).abreast().build(), uid, source.topic());
  }

  private LogSource.Builder log(Source source) {
    LogStart cut = cuts.get(source.name());
    return LogSource.of(kafka, source.topic(), group)
        .startAt(cut == null ? start : cut)
        .ingestedAt(IngestionClock.of(source, registry))
        .disorderMs(source.logDisorderMs())
        .onLoss(loss);
  }

  /**
   * Observations in a topic: time moves only where it was read to its end.
   *
   * @param delayMs how long after it was made an observation may take to reach its topic
   */
  DataStream<LogRecord> observations(StreamExecutionEnvironment env, String topic, long delayMs) {
    LogSource log =
        LogSource.of(kafka, topic, group)
            .startAt(start)
            .completeAfterMs(delayMs)
            .onLoss(loss)
            .build();
    return read(env, log, Uids.observations() + "-topic", topic);
  }

  /** A task without a partition would hold time back. */
  private SingleOutputStreamOperator<LogRecord> read(
      StreamExecutionEnvironment env, LogSource log, String uid, String topic) {
    return env.fromSource(log, WatermarkStrategy.noWatermarks(), topic)
        .setParallelism(Math.min(env.getParallelism(), partitions.get(topic)))
        .uid(uid);
  }

  @Override
  public DecoderFactory decoders(Source source) {
    PayloadFormat format = PayloadFormat.of(source, registry);
    return format::decoder;
  }
}
