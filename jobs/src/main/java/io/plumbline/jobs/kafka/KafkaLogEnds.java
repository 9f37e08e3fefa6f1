package io.plumbline.jobs.kafka;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Looks at a Kafka topic by a consumer of its own, which sees what the reader's consumer sees. */
final class KafkaLogEnds implements LogEnds {
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final Duration LOOK = Duration.ofMillis(500);

  private final KafkaConsumer<byte[], byte[]> consumer;

  /**
   * @param reader the settings of the reader's consumer
   */
  KafkaLogEnds(Properties reader) {
    Properties own = new Properties();
    own.putAll(reader);
    own.remove(ConsumerConfig.GROUP_ID_CONFIG);
    own.remove(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG);
    own.remove(ConsumerConfig.CLIENT_ID_CONFIG);
    own.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
    own.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    own.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, "1");
    own.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, "1024");
    own.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, "100");
    consumer = new KafkaConsumer<>(own, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  @Override
  public Map<TopicPartition, Long> of(Collection<TopicPartition> partitions) {
    return consumer.endOffsets(partitions, PATIENCE);
  }

  @Override
  public Map<TopicPartition, Long> beginnings(Collection<TopicPartition> partitions) {
    return consumer.beginningOffsets(partitions, PATIENCE);
  }

  /** Batches without records for readers, as those that end transactions, only show in passing. */
  @Override
  public long skip(TopicPartition partition, long from, long to) {
    consumer.assign(List.of(partition));
    try {
      if (from == PartitionMark.BEGINNING) {
        consumer.seekToBeginning(List.of(partition));
      } else {
        consumer.seek(partition, from);
      }
      long deadline = System.nanoTime() + LOOK.toNanos();
      long at = consumer.position(partition, PATIENCE);
      while (at < to && System.nanoTime() - deadline < 0) {
        ConsumerRecords<byte[], byte[]> records = consumer.poll(LOOK);
        if (!records.isEmpty()) {
          return records.iterator().next().offset();
        }
        at = consumer.position(partition, PATIENCE);
      }
      return at;
    } finally {
      consumer.unsubscribe();
    }
  }

  @Override
  public void wakeUp() {
    consumer.wakeup();
  }

  @Override
  public void close() {
    consumer.close(Duration.ZERO);
  }
}
