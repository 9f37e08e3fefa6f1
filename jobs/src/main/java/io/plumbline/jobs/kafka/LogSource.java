package io.plumbline.jobs.kafka;

import io.plumbline.jobs.kafka.PartitionMark.Evidence;
import java.io.IOException;
import java.io.Serializable;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.KafkaSourceEnumState;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.metrics.Counter;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * A topic whose watermark is knowledge time: to be used with {@code
 * WatermarkStrategy.noWatermarks()}. Records' timestamps are when the log accepted them; a
 * watermark w says that every record accepted at or before w has been emitted, as far as the log's
 * times run backwards by no more than its disorder. Each partition holds the watermark back by its
 * own records, until it has been read to its end; from then on it goes on with the clock, which
 * should agree with the brokers' to within that disorder.
 *
 * <p>The source's parallelism must not exceed the number of partitions: a reader without any says
 * nothing for 30 s, because one may still be on its way to it, and is idle from then on. Partitions
 * that are added to the topic are found within 10 s; what they accept before may come behind the
 * watermark.
 *
 * <p>A record that the log drops before it is read fails the job, unless such {@link Loss} is
 * accepted: then it is counted.
 *
 * <p>Unless the settings say otherwise, records of transactions count when they are committed, and
 * those of aborted ones never. Reading itself, and its state, is that of Flink's own KafkaSource.
 */
public final class LogSource
    implements Source<LogRecord, KafkaPartitionSplit, KafkaSourceEnumState>,
        ResultTypeQueryable<LogRecord> {
  private static final long serialVersionUID = 1L;

  /** Counter: offsets passed over, where {@link Loss} is accepted, because the log dropped them. */
  public static final String LOST = "recordsLost";

  /** Gauge: partitions with a backlog that are not read for a while, as others have more of it. */
  public static final String HELD = "partitionsHeld";

  /** Counter: records whose ingestion time is more than a minute ahead of the clock. */
  public static final String AHEAD = "recordsAhead";

  private static final Duration IDLE_AFTER = Duration.ofSeconds(30);
  private static final Duration DISCOVERY = Duration.ofSeconds(10);

  /**
   * The broker gathers records for a moment before it answers: an answer for each record would cost
   * it and us more than the records do.
   */
  private static final Map<String, String> FETCHING =
      Map.of("fetch.min.bytes", "65536", "fetch.max.wait.ms", "10");

  private final String topic;
  private final KafkaSource<LogRecord> source;
  private final Knowledge knowledge;
  private final Loss loss;
  private final boolean abreast;

  /**
   * What the watermark rests on.
   *
   * @param idleAfter how long a reader without partitions holds back
   */
  record Knowledge(
      IngestionClock clock,
      Evidence evidence,
      long disorderMs,
      LogEnds.Factory ends,
      Duration idleAfter)
      implements Serializable {}

  private LogSource(
      String topic,
      KafkaSource<LogRecord> source,
      Knowledge knowledge,
      Loss loss,
      boolean abreast) {
    this.topic = topic;
    this.source = source;
    this.knowledge = knowledge;
    this.loss = loss;
    this.abreast = abreast;
  }

  /**
   * Starts to describe a source.
   *
   * @param groupId under which read offsets are committed, for people to look at; a job goes on
   *     from its checkpoints
   */
  public static Builder of(KafkaSettings settings, String topic, String groupId) {
    return new Builder(settings, topic, groupId);
  }

  @Override
  public Boundedness getBoundedness() {
    return source.getBoundedness();
  }

  @Override
  public SourceReader<LogRecord, KafkaPartitionSplit> createReader(SourceReaderContext context)
      throws Exception {
    String name = "log-ends " + topic + " " + context.getIndexOfSubtask();
    Counter lost = context.metricGroup().counter(LOST);
    Counter ahead = context.metricGroup().counter(AHEAD);
    SourceReader<LogRecord, KafkaPartitionSplit> reader = source.createReader(context);
    return new LogReader(
        reader,
        name,
        knowledge,
        new LogBounds(knowledge.ends(), loss, lost::inc),
        abreast ? pace(reader, context) : Pace.none(),
        ahead::inc);
  }

  private Pace pace(SourceReader<?, ?> reader, SourceReaderContext context) {
    Pace pace =
        new Pace(
            reader::pauseOrResumeSplits,
            mark -> context.sendSourceEventToCoordinator(new Slowest(mark)),
            knowledge.disorderMs(),
            System::currentTimeMillis,
            System::nanoTime);
    context.metricGroup().gauge(HELD, pace::held);
    return pace;
  }

  @Override
  public SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> createEnumerator(
      SplitEnumeratorContext<KafkaPartitionSplit> context) {
    return new PacedEnumerator(source.createEnumerator(context), context);
  }

  @Override
  public SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> restoreEnumerator(
      SplitEnumeratorContext<KafkaPartitionSplit> context, KafkaSourceEnumState checkpoint)
      throws IOException {
    return new PacedEnumerator(source.restoreEnumerator(context, checkpoint), context);
  }

  @Override
  public SimpleVersionedSerializer<KafkaPartitionSplit> getSplitSerializer() {
    return source.getSplitSerializer();
  }

  @Override
  public SimpleVersionedSerializer<KafkaSourceEnumState> getEnumeratorCheckpointSerializer() {
    return source.getEnumeratorCheckpointSerializer();
  }

  @Override
  public TypeInformation<LogRecord> getProducedType() {
    return LogRecordType.INSTANCE;
  }

  /** Describes a source. */
  public static final class Builder {
    private final String topic;
    private final String groupId;
    private final Properties client;
    private LogStart start = new LogStart.Earliest();
    private IngestionClock clock = IngestionClock.RECORD_TIME;
    private Evidence evidence = Evidence.RECORDS_AND_END;
    private long disorderMs = 1_000;
    private Loss loss = Loss.REFUSED;
    private boolean abreast;
    private LogEnds.Factory ends;
    private Duration idleAfter = IDLE_AFTER;
    private Duration discovery = DISCOVERY;

    private Builder(KafkaSettings settings, String topic, String groupId) {
      this.topic = topic;
      this.groupId = groupId;
      client =
          settings.client(
              Map.of("isolation.level", "read_committed", "allow.auto.create.topics", "false"));
      Properties beside = client;
      ends = () -> new KafkaLogEnds(beside);
    }

    /** Where to start without a savepoint; else with the first record that the log has. */
    public Builder startAt(LogStart start) {
      this.start = start;
      return this;
    }

    /** Where records' times come from; else from the records' timestamps. */
    public Builder ingestedAt(IngestionClock clock) {
      this.clock = clock;
      return this;
    }

    /** What to do where the log has dropped what is to be read next; else the job fails. */
    public Builder onLoss(Loss loss) {
      this.loss = loss;
      return this;
    }

    /** Has partitions with a backlog read side by side; else each as fast as it can be. */
    public Builder abreast() {
      abreast = true;
      return this;
    }

    /** How far the log's times may run backwards; else 1 s. */
    public Builder disorderMs(long disorderMs) {
      this.disorderMs = disorderMs;
      return this;
    }

    /**
     * Lets the watermark move only where the topic has been read to its end, to the moment at which
     * that was seen less a delay. For observations: a backlog holds time back until it is read.
     */
    public Builder completeAfterMs(long delayMs) {
      evidence = Evidence.END;
      return disorderMs(delayMs);
    }

    Builder ends(LogEnds.Factory ends) {
      this.ends = ends;
      return this;
    }

    Builder idleAfter(Duration idleAfter) {
      this.idleAfter = idleAfter;
      return this;
    }

    Builder discovery(Duration discovery) {
      this.discovery = discovery;
      return this;
    }

    public LogSource build() {
      Properties settings = new Properties();
      settings.putAll(FETCHING);
      settings.putAll(client);
      KafkaSource<LogRecord> source =
          KafkaSource.<LogRecord>builder()
              .setProperties(settings)
              .setBootstrapServers(client.getProperty("bootstrap.servers"))
              .setProperty("partition.discovery.interval.ms", "" + discovery.toMillis())
              .setTopics(topic)
              .setGroupId(groupId)
              .setClientIdPrefix(groupId + "-" + topic)
              .setStartingOffsets(start)
              .setDeserializer(new Records())
              .build();
      return new LogSource(
          topic,
          source,
          new Knowledge(clock, evidence, disorderMs, ends, idleAfter),
          loss,
          abreast);
    }
  }

  /** Leaves values as they are. */
  private static final class Records implements KafkaRecordDeserializationSchema<LogRecord> {
    private static final long serialVersionUID = 1L;

    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<LogRecord> out) {
      out.collect(
          new LogRecord(
              record.topic(),
              record.partition(),
              record.offset(),
              record.timestamp(),
              record.value()));
    }

    @Override
    public TypeInformation<LogRecord> getProducedType() {
      return LogRecordType.INSTANCE;
    }
  }
}
