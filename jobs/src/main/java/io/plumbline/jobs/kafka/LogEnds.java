package io.plumbline.jobs.kafka;

import java.io.Serializable;
import java.util.Collection;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/** Looks at a log beside its reader. Only one thread uses it, but for {@link #wakeUp}. */
interface LogEnds extends AutoCloseable {
  /**
   * Where partitions end now: the offset after the last record that a reader may see.
   *
   * @throws org.apache.kafka.common.KafkaException if the log does not say
   */
  Map<TopicPartition, Long> of(Collection<TopicPartition> partitions);

  /**
   * Where partitions begin now: offsets of the first records that they still have.
   *
   * @throws org.apache.kafka.common.KafkaException if the log does not say
   */
  Map<TopicPartition, Long> beginnings(Collection<TopicPartition> partitions);

  /**
   * An offset up to which there is nothing to be read from another one on: that of the next record,
   * or as far as was looked.
   *
   * @param from an offset; {@link PartitionMark#BEGINNING} for the partition's first
   * @param to where to look no further
   * @throws org.apache.kafka.common.KafkaException if the log does not say
   */
  long skip(TopicPartition partition, long from, long to);

  /** Lets a call that waits for the log fail. From any thread. */
  void wakeUp();

  @Override
  void close();

  /** Makes it where it is used. */
  @FunctionalInterface
  interface Factory extends Serializable {
    LogEnds open();
  }
}
