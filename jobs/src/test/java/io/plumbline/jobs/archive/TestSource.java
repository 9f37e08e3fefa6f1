package io.plumbline.jobs.archive;

import io.plumbline.jobs.kafka.LogRecord;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.core.io.InputStatus;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/** Reads a {@link TestLog}, a split for each partition, at random speeds. */
record TestSource(int log) implements Source<LogRecord, TestSource.Partition, Integer> {

  /** A partition and how many of its records were read. */
  record Partition(int number, int read) implements SourceSplit {
    @Override
    public String splitId() {
      return "p" + number;
    }
  }

  @Override
  public Boundedness getBoundedness() {
    return Boundedness.CONTINUOUS_UNBOUNDED;
  }

  @Override
  public SplitEnumerator<Partition, Integer> createEnumerator(
      SplitEnumeratorContext<Partition> context) {
    return new Enumerator(context, 0);
  }

  @Override
  public SplitEnumerator<Partition, Integer> restoreEnumerator(
      SplitEnumeratorContext<Partition> context, Integer assigned) {
    return new Enumerator(context, assigned);
  }

  @Override
  public SimpleVersionedSerializer<Partition> getSplitSerializer() {
    return new Serializer<>() {
      @Override
      void write(Partition value, DataOutputStream out) throws IOException {
        out.writeInt(value.number);
        out.writeInt(value.read);
      }

      @Override
      Partition read(DataInputStream in) throws IOException {
        return new Partition(in.readInt(), in.readInt());
      }
    };
  }

  @Override
  public SimpleVersionedSerializer<Integer> getEnumeratorCheckpointSerializer() {
    return new Serializer<>() {
      @Override
      void write(Integer value, DataOutputStream out) throws IOException {
        out.writeInt(value);
      }

      @Override
      Integer read(DataInputStream in) throws IOException {
        return in.readInt();
      }
    };
  }

  @Override
  public SourceReader<LogRecord, Partition> createReader(SourceReaderContext context) {
    return new Reader(TestLog.of(log), context.getIndexOfSubtask());
  }

  private abstract static class Serializer<T> implements SimpleVersionedSerializer<T> {
    abstract void write(T value, DataOutputStream out) throws IOException;

    abstract T read(DataInputStream in) throws IOException;

    @Override
    public int getVersion() {
      return 1;
    }

    @Override
    public byte[] serialize(T value) throws IOException {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      write(value, new DataOutputStream(bytes));
      return bytes.toByteArray();
    }

    @Override
    public T deserialize(int version, byte[] bytes) throws IOException {
      return read(new DataInputStream(new ByteArrayInputStream(bytes)));
    }
  }

  /** Gives each reader its partitions once, all together. */
  private final class Enumerator implements SplitEnumerator<Partition, Integer> {
    private final SplitEnumeratorContext<Partition> context;
    private final List<Partition> returned = new ArrayList<>();
    private int assigned;

    Enumerator(SplitEnumeratorContext<Partition> context, int assigned) {
      this.context = context;
      this.assigned = assigned;
    }

    @Override
    public void start() {}

    @Override
    public void addReader(int subtask) {
      List<Partition> splits = new ArrayList<>(returned);
      returned.clear();
      if (assigned == 0 && context.registeredReaders().size() == context.currentParallelism()) {
        int partitions = TestLog.of(log).partitions.size();
        for (assigned = 0; assigned < partitions; assigned++) {
          context.assignSplit(new Partition(assigned, 0), assigned % context.currentParallelism());
        }
      }
      splits.forEach(split -> context.assignSplit(split, subtask));
    }

    @Override
    public void addSplitsBack(List<Partition> splits, int subtask) {
      returned.addAll(splits);
    }

    @Override
    public void handleSplitRequest(int subtask, String host) {}

    @Override
    public Integer snapshotState(long checkpointId) {
      return assigned;
    }

    @Override
    public void close() {}
  }

  private static final class Reader implements SourceReader<LogRecord, Partition> {
    private static final int BATCH = 50;

    private final TestLog log;
    private final Random random;
    private final List<Partition> partitions = new ArrayList<>();
    private boolean announced;

    Reader(TestLog log, int subtask) {
      this.log = log;
      this.random = new Random(subtask);
    }

    @Override
    public void start() {}

    @Override
    public InputStatus pollNext(ReaderOutput<LogRecord> output) {
      if (partitions.isEmpty()) {
        return InputStatus.NOTHING_AVAILABLE;
      }
      if (!announced) {
        announced = true;
        partitions.forEach(p -> output.createOutputForSplit(p.splitId()));
      }
      int at = random.nextInt(partitions.size());
      Partition partition = partitions.get(at);
      List<LogRecord> records = log.partitions.get(partition.number);
      int end = Math.min(log.limit, partition.read + 1 + random.nextInt(BATCH));
      int next = partition.read;
      for (; next < end; next++) {
        LogRecord record = records.get(next);
        output
            .createOutputForSplit(partition.splitId())
            .collect(record, record.timestamp() < 0 ? Long.MIN_VALUE : record.timestamp());
      }
      partitions.set(at, new Partition(partition.number, next));
      boolean all = partitions.stream().allMatch(p -> p.read >= log.limit);
      if (all && log.bounded && log.limit >= records.size()) {
        return InputStatus.END_OF_INPUT;
      }
      return all ? InputStatus.NOTHING_AVAILABLE : InputStatus.MORE_AVAILABLE;
    }

    @Override
    public List<Partition> snapshotState(long checkpointId) {
      return List.copyOf(partitions);
    }

    @Override
    public CompletableFuture<Void> isAvailable() {
      return CompletableFuture.runAsync(
          () -> {}, CompletableFuture.delayedExecutor(5, TimeUnit.MILLISECONDS));
    }

    @Override
    public void addSplits(List<Partition> splits) {
      partitions.addAll(splits);
    }

    @Override
    public void notifyNoMoreSplits() {}

    @Override
    public void close() {}
  }
}
