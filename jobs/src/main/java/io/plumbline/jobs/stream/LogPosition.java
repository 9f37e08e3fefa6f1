package io.plumbline.jobs.stream;

import io.plumbline.jobs.feature.Uids;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.apache.flink.api.common.ExecutionConfig;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplitSerializer;
import org.apache.flink.core.fs.CloseableRegistry;
import org.apache.flink.core.io.SimpleVersionedSerialization;
import org.apache.flink.runtime.checkpoint.OperatorState;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.DefaultOperatorStateBackendBuilder;
import org.apache.flink.runtime.state.OperatorStateBackend;
import org.apache.flink.runtime.state.OperatorStateHandle;

/**
 * Where in a partition of Kafka's a job goes on from a savepoint.
 *
 * @param uid of the operator that reads it
 * @param offset of the next record; -2 if the partition is to be read from its beginning
 */
public record LogPosition(String uid, String topic, int partition, long offset) {
  /** How Flink names what readers of a source keep. */
  private static final String READERS = "SourceReaderState";

  private static final List<String> LOGS =
      List.of(Uids.records(""), Uids.observations() + "-topic", "archive-" + Uids.records(""));

  /** Of all logs that a job reads, by uid, topic and partition. */
  public static List<LogPosition> of(Collection<OperatorState> operators) throws IOException {
    List<LogPosition> positions = new ArrayList<>();
    for (OperatorState operator : operators) {
      String uid = operator.getOperatorUid().orElse("");
      if (LOGS.stream().anyMatch(uid::startsWith)) {
        positions.addAll(read(uid, operator));
      }
    }
    positions.sort(
        Comparator.comparing(LogPosition::uid)
            .thenComparing(LogPosition::topic)
            .thenComparing(LogPosition::partition));
    return positions;
  }

  private static List<LogPosition> read(String uid, OperatorState operator) throws IOException {
    List<OperatorStateHandle> handles = new ArrayList<>();
    for (OperatorSubtaskState subtask : operator.getStates()) {
      handles.addAll(subtask.getManagedOperatorState());
    }
    List<LogPosition> positions = new ArrayList<>();
    try (CloseableRegistry files = new CloseableRegistry()) {
      OperatorStateBackend state =
          new DefaultOperatorStateBackendBuilder(
                  LogPosition.class.getClassLoader(), new ExecutionConfig(), false, handles, files)
              .build();
      KafkaPartitionSplitSerializer serializer = new KafkaPartitionSplitSerializer();
      for (byte[] bytes : splits(state)) {
        KafkaPartitionSplit split =
            SimpleVersionedSerialization.readVersionAndDeSerialize(serializer, bytes);
        positions.add(
            new LogPosition(
                uid, split.getTopic(), split.getPartition(), split.getStartingOffset()));
      }
      state.dispose();
    }
    return positions;
  }

  private static Iterable<byte[]> splits(OperatorStateBackend state) throws IOException {
    try {
      return state
          .getListState(new ListStateDescriptor<>(READERS, BytePrimitiveArraySerializer.INSTANCE))
          .get();
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException(e);
    }
  }
}
