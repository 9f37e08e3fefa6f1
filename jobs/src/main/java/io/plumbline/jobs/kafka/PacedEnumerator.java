package io.plumbline.jobs.kafka;

import java.io.IOException;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.connector.kafka.source.enumerator.KafkaSourceEnumState;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;

/** Finds partitions as Flink's own enumerator does, and tells readers how far the slowest is. */
final class PacedEnumerator implements SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> {
  private final SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> enumerator;
  private final SplitEnumeratorContext<KafkaPartitionSplit> context;
  private final Map<Integer, Long> slowestOf = new HashMap<>();
  private long told = Slowest.NONE;

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

  private void tell() {
    long slowest = Collections.min(slowestOf.values());
    if (slowest != told) {
      told = slowest;
      context.registeredReaders().keySet().forEach(this::tell);
    }
  }

  private void tell(int subtask) {
    context.sendEventToSourceReader(subtask, new Slowest(told));
  }

  /** Of another attempt's partitions nothing is known yet. */
  @Override
  public void addReader(int subtask) {
    slowestOf.put(subtask, Slowest.NONE);
    enumerator.addReader(subtask);
    tell(subtask);
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
