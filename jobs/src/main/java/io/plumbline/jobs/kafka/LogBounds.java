package io.plumbline.jobs.kafka;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongConsumer;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.util.ExceptionUtils;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sees to it that no record is passed over in silence because the log has dropped it. */
final class LogBounds {
  private static final Logger LOG = LoggerFactory.getLogger(LogBounds.class);
  private static final long NO_END = KafkaPartitionSplit.NO_STOPPING_OFFSET;

  private final LogEnds.Factory logs;
  private final Loss loss;
  private final LongConsumer lost;

  /**
   * @param lost is told how many offsets are passed over, where that is accepted
   */
  LogBounds(LogEnds.Factory logs, Loss loss, LongConsumer lost) {
    this.logs = logs;
    this.loss = loss;
    this.lost = lost;
  }

  /**
   * Looks whether the log still has what partitions begin with.
   *
   * @return the same partitions, beginning where they can
   * @throws RecordsLost if the log has dropped something and that is not accepted
   */
  List<KafkaPartitionSplit> within(List<KafkaPartitionSplit> splits) {
    List<TopicPartition> placed =
        splits.stream()
            .filter(split -> split.getStartingOffset() >= 0)
            .map(KafkaPartitionSplit::getTopicPartition)
            .toList();
    if (placed.isEmpty()) {
      return splits;
    }
    List<KafkaPartitionSplit> within = new ArrayList<>();
    try (LogEnds log = logs.open()) {
      Map<TopicPartition, Long> beginnings = log.beginnings(placed);
      for (KafkaPartitionSplit split : splits) {
        long earliest = beginnings.getOrDefault(split.getTopicPartition(), 0L);
        within.add(split.getStartingOffset() < 0 ? split : from(split, earliest));
      }
    }
    return within;
  }

  private KafkaPartitionSplit from(KafkaPartitionSplit split, long earliest) {
    long wanted = split.getStartingOffset();
    if (wanted >= earliest) {
      return split;
    }
    RecordsLost failure = RecordsLost.before(split.getTopicPartition(), wanted, earliest);
    if (loss == Loss.REFUSED) {
      throw failure;
    }
    LOG.warn("accepted: {}", failure.getMessage());
    lost.accept(earliest - wanted);
    return new KafkaPartitionSplit(
        split.getTopicPartition(), earliest, split.getStoppingOffset().orElse(NO_END));
  }

  /**
   * What to fail with where reading has failed: where that is because the log has dropped what was
   * to be read next, something that says so. If that is accepted, the failure itself: Flink starts
   * the job again, and {@link #within} moves it on.
   */
  RuntimeException explain(RuntimeException failure) {
    Optional<OffsetOutOfRangeException> outside =
        ExceptionUtils.findThrowable(failure, OffsetOutOfRangeException.class);
    if (outside.isEmpty()) {
      return failure;
    }
    Map.Entry<TopicPartition, Long> first =
        outside.get().offsetOutOfRangePartitions().entrySet().iterator().next();
    TopicPartition partition = first.getKey();
    long wanted = first.getValue();
    try (LogEnds log = logs.open()) {
      long earliest = log.beginnings(Set.of(partition)).get(partition);
      if (wanted >= earliest) {
        return RecordsLost.after(partition, wanted, log.of(Set.of(partition)).get(partition));
      }
      return loss == Loss.REFUSED ? RecordsLost.before(partition, wanted, earliest) : failure;
    }
  }
}
