package io.plumbline.bench.live;

import io.plumbline.definition.DefinitionBundle;
import io.plumbline.definition.Source;
import io.plumbline.jobs.decode.Malformed;
import io.plumbline.jobs.kafka.LogRecord;
import io.plumbline.jobs.kafka.LogRecordType;
import io.plumbline.jobs.kafka.PayloadDecoder;
import io.plumbline.jobs.kafka.PayloadFormat;
import io.plumbline.jobs.kafka.RegistrySettings;
import io.plumbline.jobs.lake.LakeLayout;
import io.plumbline.jobs.lake.LakeSchema;
import io.plumbline.jobs.lake.LakeWriters;
import java.io.IOException;
import java.nio.file.Path;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.IndexedRecord;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.serialization.BulkWriter;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.file.sink.FileSink;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.core.fs.FSDataOutputStream;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.filesystem.BucketAssigner;
import org.apache.flink.streaming.api.functions.sink.filesystem.OutputFileConfig;
import org.apache.flink.streaming.api.functions.sink.filesystem.bucketassigners.SimpleVersionedStringSerializer;
import org.apache.flink.streaming.api.functions.sink.filesystem.rollingpolicies.OnCheckpointRollingPolicy;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.PositionOutputStream;

/**
 * What one would write with Flink alone: Kafka's source and the file sink, the same decoding,
 * schema, codec and folders, a file for each task, hour and checkpoint. It keeps nothing that
 * cannot be decoded, sorts nothing, and does not say up to when it is complete.
 */
final class PlainArchive {
  private PlainArchive() {}

  static void define(
      StreamExecutionEnvironment env, String bootstrap, DefinitionBundle definitions, Path folder) {
    Source source = definitions.definitions().sources().get(0);
    KafkaSource<LogRecord> topic =
        KafkaSource.<LogRecord>builder()
            .setBootstrapServers(bootstrap)
            .setTopics(source.topic())
            .setGroupId("plain")
            .setStartingOffsets(OffsetsInitializer.earliest())
            .setDeserializer(new Records())
            .build();
    FileSink<LogRecord> sink =
        FileSink.forBulkFormat(
                new org.apache.flink.core.fs.Path(folder.toUri()), new Rows(definitions))
            .withBucketAssigner(new Hours())
            .withRollingPolicy(OnCheckpointRollingPolicy.build())
            .withOutputFileConfig(OutputFileConfig.builder().withPartSuffix(".parquet").build())
            .build();
    env.fromSource(topic, WatermarkStrategy.noWatermarks(), source.topic()).sinkTo(sink);
  }

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

  private static final class Hours implements BucketAssigner<LogRecord, String> {
    private static final long serialVersionUID = 1L;

    @Override
    public String getBucketId(LogRecord record, Context context) {
      return LakeLayout.folder(LakeLayout.hourOf(record.timestamp()));
    }

    @Override
    public SimpleVersionedSerializer<String> getSerializer() {
      return SimpleVersionedStringSerializer.INSTANCE;
    }
  }

  private record Rows(DefinitionBundle definitions) implements BulkWriter.Factory<LogRecord> {
    @Override
    public BulkWriter<LogRecord> create(FSDataOutputStream out) throws IOException {
      return new RowWriter(definitions.definitions().sources().get(0), out);
    }
  }

  private static final class RowWriter implements BulkWriter<LogRecord> {
    private final PayloadDecoder decoder;
    private final Schema schema;
    private final int fields;
    private final ParquetWriter<IndexedRecord> writer;

    private RowWriter(Source source, FSDataOutputStream out) throws IOException {
      decoder = PayloadFormat.of(source, RegistrySettings.none()).decoder();
      schema = LakeSchema.of(source.schema());
      fields = source.schema().getFields().size();
      writer = LakeWriters.open(new Output(out), schema, LakeWriters.RowOrder.NONE);
    }

    @Override
    public void addElement(LogRecord record) throws IOException {
      GenericData.Record event;
      try {
        event = decoder.decode(record.value());
      } catch (Malformed e) {
        throw new IOException(e);
      }
      GenericData.Record row = new GenericData.Record(schema);
      for (int i = 0; i < fields; i++) {
        row.put(i, event.get(i));
      }
      row.put(fields, record.timestamp());
      row.put(fields + 1, record.partition());
      row.put(fields + 2, record.offset());
      writer.write(row);
    }

    @Override
    public void flush() {}

    @Override
    public void finish() throws IOException {
      writer.close();
    }
  }

  /** Flink's stream as Parquet wants it; the sink closes it. */
  private record Output(FSDataOutputStream out) implements OutputFile {
    @Override
    public PositionOutputStream create(long blockSizeHint) {
      return new PositionOutputStream() {
        @Override
        public long getPos() throws IOException {
          return out.getPos();
        }

        @Override
        public void write(int b) throws IOException {
          out.write(b);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
          out.write(bytes, from, length);
        }
      };
    }

    @Override
    public PositionOutputStream createOrOverwrite(long blockSizeHint) {
      return create(blockSizeHint);
    }

    @Override
    public boolean supportsBlockSize() {
      return false;
    }

    @Override
    public long defaultBlockSize() {
      return 0;
    }
  }
}
