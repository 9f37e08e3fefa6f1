package io.plumbline.savepoints;

import io.plumbline.jobs.feature.Uids;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplitSerializer;
import org.apache.flink.core.io.SimpleVersionedSerialization;
import org.apache.flink.runtime.checkpoint.OperatorState;

/** Where in Kafka a job goes on from a savepoint. */
public final class Positions {
  /** How Flink names what readers of a source keep. */
  private static final String READERS = "SourceReaderState";

  private static final List<String> LOGS =
      List.of(Uids.records(""), Uids.observations() + "-topic", "archive-" + Uids.records(""));

  /**
   * A partition's.
   *
   * @param uid of the operator that reads it
   * @param offset of the next record; -2 if the partition is to be read from its beginning
   */
  public record Position(String uid, String topic, int partition, long offset) {}

  private Positions() {}

  /** Of all logs that a job reads, by uid, topic and partition. */
  static List<Position> of(Savepoint savepoint) {
    List<Position> positions = new ArrayList<>();
    for (OperatorState operator : savepoint.operators()) {
      String uid = Savepoint.nameOf(operator);
      if (LOGS.stream().anyMatch(uid::startsWith)) {
        positions.addAll(savepoint.reading(uid, () -> read(uid, savepoint.reader(operator))));
      }
    }
    positions.sort(
        Comparator.comparing(Position::uid)
            .thenComparing(Position::topic)
            .thenComparing(Position::partition));
    return positions;
  }

  private static List<Position> read(String uid, StateReader reader) throws IOException {
    KafkaPartitionSplitSerializer serializer = new KafkaPartitionSplitSerializer();
    List<Position> positions = new ArrayList<>();
    for (byte[] bytes : reader.list(READERS, BytePrimitiveArraySerializer.INSTANCE)) {
      KafkaPartitionSplit split =
          SimpleVersionedSerialization.readVersionAndDeSerialize(serializer, bytes);
      positions.add(
          new Position(uid, split.getTopic(), split.getPartition(), split.getStartingOffset()));
    }
    return positions;
  }
}
