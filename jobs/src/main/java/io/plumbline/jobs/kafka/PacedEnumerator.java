package io.plumbline.jobs.kafka;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.connector.kafka.source.enumerator.KafkaSourceEnumState;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;

/** Finds partitions as Flink's own enumerator does, and tells readers how far others are. */
final class PacedEnumerator implements SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> {
  private final SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> enumerator;
  private final SplitEnumeratorContext<KafkaPartitionSplit> context;
  private final Map<Integer, Long> slowestOf = new HashMap<>();
  private final Map<Integer, Long> toldTo = new HashMap<>();

  PacedEnumerator(
      SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> enumerator,
      SplitEnumeratorContext<KafkaPartitionSplit> context) {
    this.enumerator = enumerator;
    this.context = context;
  }

  @Override
  public void handleSourceEvent(int subtask, SourceEvent event) {
    if (event instanceof Slowest slowest) {
      slowestOf.put(subtask, slowest.mark());
      tell();
    } else {
      enumerator.handleSourceEvent(subtask, event);
    }
  }

  /** Tells each reader the least of the others, if that is another than it knows. */
  private void tell() {
    long least = Slowest.NONE;
    long second = Slowest.NONE;
    for (long mark : slowestOf.values()) {
      second = Math.min(second, Math.max(least, mark));
      least = Math.min(least, mark);
    }
    for (int subtask : context.registeredReaders().keySet()) {
      long others = slowestOf.getOrDefault(subtask, Slowest.NONE) == least ? second : least;
      Long before = toldTo.put(subtask, others);
      if (before == null || before != others) {
        context.sendEventToSourceReader(subtask, new Slowest(others));
      }
    }
  }

  /** Of another attempt's partitions nothing is known yet. */
  @Override
  public void addReader(int subtask) {
    slowestOf.put(subtask, Slowest.NONE);
    toldTo.put(subtask, Slowest.NONE);
    enumerator.addReader(subtask);
    tell();
  }

  @Override
  public void addSplitsBack(List<KafkaPartitionSplit> splits, int subtask) {
    slowestOf.put(subtask, Slowest.NONE);
    enumerator.addSplitsBack(splits, subtask);
    tell();
  }

  @Override
  public void start() {
    enumerator.start();
  }

  @Override
  public void handleSplitRequest(int subtask, String host) {
    enumerator.handleSplitRequest(subtask, host);
  }

  @Override
  public KafkaSourceEnumState snapshotState(long checkpoint) throws Exception {
    return enumerator.snapshotState(checkpoint);
  }

  @Override
  public void notifyCheckpointComplete(long checkpoint) throws Exception {
    enumerator.notifyCheckpointComplete(checkpoint);
  }

  @Override
  public void notifyCheckpointAborted(long checkpoint) throws Exception {
    enumerator.notifyCheckpointAborted(checkpoint);
  }

  @Override
  public void close() throws IOException {
    enumerator.close();
  }
}
