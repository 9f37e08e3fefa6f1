package io.plumbline.bench;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * A stream that is made in the job itself. At the end its readers fall idle, so that the job can be
 * looked at before it goes; a job that fails is not taken up again, so nothing of it is in
 * checkpoints.
 *
 * @param <T> what it is of
 */
public abstract class MadeSource<T>
    implements Source<T, MadeSource.NoSplit, Integer>, ResultTypeQueryable<T> {
  private static final long serialVersionUID = 1L;

  /** Readers know by their number what to read. */
  public record NoSplit() implements SourceSplit {
    @Override
    public String splitId() {
      return "";
    }
  }

  /**
   * Makes a reader.
   *
   * @param index its number, from 0
   * @param readers how many there are
   */
  protected abstract Reader<T> reader(int index, int readers);

  @Override
  public final Boundedness getBoundedness() {
    return Boundedness.CONTINUOUS_UNBOUNDED;
  }

  @Override
  public final SourceReader<T, NoSplit> createReader(SourceReaderContext context) {
    return reader(context.getIndexOfSubtask(), context.currentParallelism());
  }

  @Override
  public final SplitEnumerator<NoSplit, Integer> createEnumerator(
      SplitEnumeratorContext<NoSplit> context) {
    return new NoEnumerator();
  }

  @Override
  public final SplitEnumerator<NoSplit, Integer> restoreEnumerator(
      SplitEnumeratorContext<NoSplit> context, Integer checkpoint) {
    return new NoEnumerator();
  }

  @Override
  public final SimpleVersionedSerializer<NoSplit> getSplitSerializer() {
    return new Nothing<>(new NoSplit());
  }

  @Override
  public final SimpleVersionedSerializer<Integer> getEnumeratorCheckpointSerializer() {
    return new Nothing<>(0);
  }

  /** A reader without splits. */
  public abstract static class Reader<T> implements SourceReader<T, NoSplit> {
    private final CompletableFuture<Void> never = new CompletableFuture<>();
    private boolean stopped;

    /** Falls idle for good. */
    protected final void stop() {
      stopped = true;
    }

    protected final boolean isStopped() {
      return stopped;
    }

    @Override
    public final CompletableFuture<Void> isAvailable() {
      return stopped ? never : CompletableFuture.completedFuture(null);
    }

    @Override
    public final void start() {}

    @Override
    public final List<NoSplit> snapshotState(long checkpointId) {
      return List.of();
    }

    @Override
    public final void addSplits(List<NoSplit> splits) {}

    @Override
    public final void notifyNoMoreSplits() {}

    @Override
    public final void close() {}
  }

  private static final class NoEnumerator implements SplitEnumerator<NoSplit, Integer> {
    @Override
    public void start() {}

    @Override
    public void handleSplitRequest(int subtask, String host) {}

    @Override
    public void addSplitsBack(List<NoSplit> splits, int subtask) {}

    @Override
    public void addReader(int subtask) {}

    @Override
    public Integer snapshotState(long checkpointId) {
      return 0;
    }

    @Override
    public void close() {}
  }

  /** Of what there is one of only. */
  private record Nothing<T>(T one) implements SimpleVersionedSerializer<T> {
    @Override
    public int getVersion() {
      return 1;
    }

    @Override
    public byte[] serialize(T object) {
      return new byte[0];
    }

    @Override
    public T deserialize(int version, byte[] bytes) {
      return one;
    }
  }
}
