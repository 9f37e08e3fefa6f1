package io.plumbline.jobs.kafka;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;
import org.apache.kafka.common.TopicPartition;

/**
 * Where reading starts when there is no savepoint. Every partition starts at an offset, never at a
 * word for one, so that a reader knows from the beginning where it stands.
 */
public sealed interface LogStart extends OffsetsInitializer {
  /** With the first record that the log still has. */
  record Earliest() implements LogStart {
    @Override
    public Map<TopicPartition, Long> getPartitionOffsets(
        Collection<TopicPartition> partitions, PartitionOffsetsRetriever log) {
      return log.beginningOffsets(partitions);
    }
  }

  /** Where the group stopped, in partitions it never read with their first record. */
  record Committed() implements LogStart {
    @Override
    public Map<TopicPartition, Long> getPartitionOffsets(
        Collection<TopicPartition> partitions, PartitionOffsetsRetriever log) {
      Map<TopicPartition, Long> offsets = new HashMap<>();
      Map<TopicPartition, Long> committed = log.committedOffsets(partitions);
      Set<TopicPartition> others = new HashSet<>();
      for (TopicPartition partition : partitions) {
        Long offset = committed.get(partition);
        if (offset == null) {
          others.add(partition);
        } else {
          offsets.put(partition, offset);
        }
      }
      offsets.putAll(others.isEmpty() ? Map.of() : log.beginningOffsets(others));
      return offsets;
    }
  }

  /**
   * With each partition's first record at or after a moment; at its end if it has none.
   *
   * @param epochMs compared with the records' own timestamps
   */
  record At(long epochMs) implements LogStart {
    @Override
    public Map<TopicPartition, Long> getPartitionOffsets(
        Collection<TopicPartition> partitions, PartitionOffsetsRetriever log) {
      Map<TopicPartition, Long> offsets = new HashMap<>(log.endOffsets(partitions));
      Map<TopicPartition, Long> times = new HashMap<>();
      partitions.forEach(partition -> times.put(partition, epochMs));
      for (Map.Entry<TopicPartition, OffsetAndTimestamp> found :
          log.offsetsForTimes(times).entrySet()) {
        if (found.getValue() != null) {
          offsets.put(found.getKey(), found.getValue().offset());
        }
      }
      return offsets;
    }
  }

  /**
   * At chosen offsets; partitions that are not named with their first record.
   *
   * @param offsets by partition
   */
  record Cut(Map<Integer, Long> offsets) implements LogStart {
    public Cut {
      offsets = new TreeMap<>(offsets);
    }

    @Override
    public Map<TopicPartition, Long> getPartitionOffsets(
        Collection<TopicPartition> partitions, PartitionOffsetsRetriever log) {
      Map<TopicPartition, Long> starts = new HashMap<>(log.beginningOffsets(partitions));
      starts.replaceAll((p, first) -> offsets.getOrDefault(p.partition(), first));
      return starts;
    }
  }

  /** An offset that the log has dropped is no offset: see {@link Loss}. */
  @Override
  default OffsetResetStrategy getAutoOffsetResetStrategy() {
    return OffsetResetStrategy.NONE;
  }
}
