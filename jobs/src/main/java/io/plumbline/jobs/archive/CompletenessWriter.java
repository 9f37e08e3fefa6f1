package io.plumbline.jobs.archive;

import io.plumbline.jobs.lake.Completeness;
import io.plumbline.jobs.lake.LakePlan;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.ScheduledFuture;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Publishes up to when a source's part of the lake is complete: the least watermark of the
 * archive's tasks, which they let go when everything before it can be read. It never goes back.
 * There is one for a source, and it owns the source's part of the lake for its job.
 */
final class CompletenessWriter extends AbstractStreamOperator<Boolean>
    implements OneInputStreamOperator<Boolean, Boolean> {
  private static final long serialVersionUID = 1L;

  /** Time between two writes, unless it is the last. */
  private static final long PAUSE_MS = 500;

  private final String lake;
  private final String source;
  private final String run;
  private transient Ownership ownership;
  private transient long written;
  private transient long reached;
  private transient ScheduledFuture<?> pause;

  CompletenessWriter(Path lake, String source, String run) {
    this.lake = lake.toString();
    this.source = source;
    this.run = run;
  }

  @Override
  public void open() throws Exception {
    super.open();
    Path at = Path.of(lake);
    try {
      ownership = Ownership.take(at, source);
    } catch (IOException e) {
      throw Failures.unwritable(at, e);
    }
    if (!Completeness.isPublished(at, source)) {
      // Imported history had been complete for ever; from now on there is more to come.
      write(LakePlan.lastFullHourMs(at, source));
    }
    written = Completeness.of(at, source).knowledgeTimeMs();
    reached = written;
    ownership.announce(run);
    ArchiveMetrics.group(getMetricGroup(), source).gauge(ArchiveMetrics.LAG, this::lag);
  }

  private long lag() {
    return written == Long.MIN_VALUE
        ? -1
        : getProcessingTimeService().getCurrentProcessingTime() - written;
  }

  @Override
  public void processElement(StreamRecord<Boolean> element) {
    throw new IllegalStateException("the archive says all it has to say in watermarks");
  }

  @Override
  public void processWatermark(Watermark mark) throws Exception {
    reached = Math.max(reached, mark.getTimestamp());
    if (pause == null && reached > written) {
      write(reached);
      pause =
          getProcessingTimeService()
              .registerTimer(
                  getProcessingTimeService().getCurrentProcessingTime() + PAUSE_MS,
                  now -> pauseOver());
    }
    super.processWatermark(mark);
  }

  private void pauseOver() {
    pause = null;
    if (reached > written) {
      write(reached);
    }
  }

  @Override
  public void finish() throws Exception {
    pauseOver();
    super.finish();
  }

  private void write(long knowledgeTimeMs) {
    try {
      new Completeness(knowledgeTimeMs).publish(Path.of(lake), source);
    } catch (IOException e) {
      throw Failures.unwritable(Path.of(lake), e);
    }
    written = knowledgeTimeMs;
  }

  @Override
  public void close() throws Exception {
    if (ownership != null) {
      ownership.close();
    }
    super.close();
  }
}
