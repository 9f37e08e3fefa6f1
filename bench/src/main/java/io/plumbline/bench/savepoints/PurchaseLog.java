package io.plumbline.bench.savepoints;

import io.plumbline.bench.WorkloadWriter;
import io.plumbline.jobs.lake.LakeLayout;
import io.plumbline.jobs.lake.LakeReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.IndexedRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The events of a workload's lake as a topic: the same partitions, offsets and times. */
final class PurchaseLog {
  private static final long MINUTE_MS = 60_000;

  /** Records that were ingested until the end of a minute. */
  private final NavigableMap<Long, Long> untilMinute;

  private PurchaseLog(NavigableMap<Long, Long> untilMinute) {
    this.untilMinute = untilMinute;
  }

  /**
   * Fills an empty topic.
   *
   * @throws IllegalStateException if a record got another offset than it has in the lake
   */
  static PurchaseLog fill(String bootstrap, String topic, Path lake) throws IOException {
    NavigableMap<Long, Long> inMinute = new TreeMap<>();
    try (Sender sender = new Sender(bootstrap, topic)) {
      Set<String> fields =
          WorkloadWriter.EVENT.getFields().stream()
              .map(Schema.Field::name)
              .collect(Collectors.toSet());
      for (Path file : files(lake)) {
        try (LakeReader reader = LakeReader.open(file, WorkloadWriter.EVENT, fields)) {
          while (reader.next()) {
            sender.send(reader.event(), reader.ingestedAt(), reader.partition(), reader.offset());
            inMinute.merge(Math.floorDiv(reader.ingestedAt(), MINUTE_MS), 1L, Long::sum);
          }
        }
      }
    }
    long sum = 0;
    for (Map.Entry<Long, Long> entry : inMinute.entrySet()) {
      sum += entry.getValue();
      entry.setValue(sum);
    }
    return new PurchaseLog(inMinute);
  }

  /** Files in order of time; each is in order itself. */
  private static List<Path> files(Path lake) throws IOException {
    try (Stream<Path> paths = Files.walk(LakeLayout.records(lake, WorkloadWriter.SOURCE))) {
      return paths.filter(path -> path.toString().endsWith(".parquet")).sorted().toList();
    }
  }

  /**
   * How many records were ingested before a time; within a minute as if they were evenly spread.
   *
   * @param timeMs epoch ms
   */
  double before(long timeMs) {
    long minute = Math.floorDiv(timeMs, MINUTE_MS);
    Map.Entry<Long, Long> whole = untilMinute.lowerEntry(minute);
    long earlier = whole == null ? 0 : whole.getValue();
    long here = untilMinute.getOrDefault(minute, earlier) - earlier;
    return earlier + here * (Math.floorMod(timeMs, MINUTE_MS) / (double) MINUTE_MS);
  }

  private static final class Sender implements AutoCloseable {
    private final KafkaProducer<byte[], byte[]> producer;
    private final String topic;
    private final GenericDatumWriter<IndexedRecord> writer =
        new GenericDatumWriter<>(WorkloadWriter.EVENT);
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private BinaryEncoder encoder;
    private volatile RuntimeException broken;

    Sender(String bootstrap, String topic) {
      this.topic = topic;
      producer =
          new KafkaProducer<>(
              Map.of("bootstrap.servers", bootstrap, "linger.ms", 20, "batch.size", 1 << 17),
              new ByteArraySerializer(),
              new ByteArraySerializer());
    }

    /** What cannot be sent shows in a later call, or when this is closed. */
    @SuppressWarnings("FutureReturnValueIgnored")
    void send(IndexedRecord event, long ingestedAt, int partition, long offset) throws IOException {
      bytes.reset();
      encoder = EncoderFactory.get().binaryEncoder(bytes, encoder);
      writer.write(event, encoder);
      encoder.flush();
      producer.send(
          new ProducerRecord<>(topic, partition, ingestedAt, null, bytes.toByteArray()),
          (position, failure) -> {
            if (failure != null) {
              broken = new IllegalStateException("the log could not be filled", failure);
            } else if (position.offset() != offset) {
              broken =
                  new IllegalStateException(
                      "partition " + partition + ": " + position.offset() + ", not " + offset);
            }
          });
      requireUnbroken();
    }

    private void requireUnbroken() {
      if (broken != null) {
        throw broken;
      }
    }

    @Override
    public void close() {
      producer.close();
      requireUnbroken();
    }
  }
}
