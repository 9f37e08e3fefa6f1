package io.plumbline.jobs.archive;

import io.plumbline.definition.DefinitionBundle;
import io.plumbline.definition.Source;
import io.plumbline.jobs.kafka.LogRecord;
import io.plumbline.jobs.lake.HeldPositions;
import io.plumbline.jobs.lake.LakeLayout;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.apache.flink.util.ExceptionUtils;

/**
 * Puts the records of one source into the lake, each once. Records come with ingestion times as
 * timestamps and knowledge time as watermarks; a watermark goes on when every record up to it can
 * be read.
 *
 * <p>Records are written to hidden segments, which a checkpoint closes and remembers. Those that
 * are due become a file of the lake after the checkpoint that says so has completed. What the lake
 * has beyond the checkpoint that a run starts from, or has before the first, is not written again.
 */
final class LakeArchive extends AbstractStreamOperator<Boolean>
    implements OneInputStreamOperator<LogRecord, Boolean> {
  private static final long serialVersionUID = 1L;
  private static final int WRITER_LENGTH = 13;
  private static final int RECORDS_A_LOOK_AT_THE_CLOCK = 1 << 10;

  private final DefinitionBundle definitions;
  private final String sourceName;
  private final DecoderFactory decoders;
  private final String lakePath;
  private final long rollBytes;
  private final long rollMs;
  private final String run;

  private transient Path lake;
  private transient boolean fieldTimes;
  private transient RollPolicy policy;
  private transient ArchiveState state;
  private transient ArchiveState.Contents start;
  private transient HeldPositions held;
  private transient PartitionOffsets next;
  private transient Spool spool;
  private transient List<Segment> waiting;
  private transient Decisions decisions;
  private transient PublisherThread publishing;
  private transient MailboxExecutor mailbox;
  private transient ArchiveMetrics counts;
  private transient String writer;
  private transient int names;
  private transient long knowledgeTime;
  private transient long passedOn;
  private transient boolean idle;
  private transient long now;
  private transient int untilLook;

  /**
   * @param request where to and how
   * @param source name of the source
   * @param run the job's; tells it from others on the same lake
   */
  LakeArchive(
      ArchiveRequest request,
      DefinitionBundle definitions,
      String source,
      DecoderFactory decoders,
      String run) {
    this.definitions = definitions;
    this.sourceName = source;
    this.decoders = decoders;
    this.lakePath = request.lake().toString();
    this.rollBytes = request.rollBytes();
    this.rollMs = request.rollInterval().toMillis();
    this.run = run;
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    state = new ArchiveState(context.getOperatorStateStore());
    start =
        state.read(
            getRuntimeContext().getTaskInfo().getIndexOfThisSubtask(),
            getRuntimeContext().getTaskInfo().getNumberOfParallelSubtasks());
  }

  @Override
  public void open() throws Exception {
    super.open();
    lake = Path.of(lakePath);
    writer = UUID.randomUUID().toString().substring(0, WRITER_LENGTH);
    knowledgeTime = Long.MIN_VALUE;
    passedOn = Long.MIN_VALUE;
    mailbox =
        getContainingTask()
            .getMailboxExecutorFactory()
            .createExecutor(getOperatorConfig().getChainIndex());
    try {
      begin(definitions.definitions().source(sourceName));
    } catch (IOException e) {
      throw Failures.unwritable(lake, e);
    }
    counts = new ArchiveMetrics(getMetricGroup(), sourceName);
    counts.group().gauge(ArchiveMetrics.HIDDEN_FILES, this::hiddenFiles);
    counts.group().gauge(ArchiveMetrics.HIDDEN_BYTES, this::hiddenBytes);
    carryOut(Long.MAX_VALUE);
  }

  private void begin(Source source) throws IOException, InterruptedException {
    fieldTimes = source.ingestedAt() instanceof Source.IngestedAt.Field;
    policy = new RollPolicy(rollBytes, rollMs);
    Ownership.Claim claim = new Ownership.Claim(lake, sourceName, run);
    claim.await();
    Leftovers leftovers = new Leftovers(lake, sourceName, start);
    next = start.next();
    waiting = leftovers.stillHidden(start.waiting());
    decisions = new Decisions(leftovers.stillDecided());
    held = leftovers.heldPositions(next, waiting, decisions.all());
    Path hidden = LakeLayout.hidden(lake, sourceName);
    spool = new Spool(hidden, rollBytes, () -> name() + Segment.SUFFIX);
    publishing =
        new PublisherThread(
            new Publisher(lake, source, decoders.open(), held, claim), "archive " + sourceName);
    if (getRuntimeContext().getTaskInfo().getIndexOfThisSubtask() == 0) {
      leftovers.delete(getProcessingTimeService().getCurrentProcessingTime());
    }
    start = null;
  }

  private String name() {
    return writer + "-" + names++;
  }

  @Override
  public void processElement(StreamRecord<LogRecord> element) throws Exception {
    LogRecord record = element.getValue();
    long ingestedAt = ingestedAt(element);
    long offset = record.offset();
    boolean taken = held.isEmpty() || !held.hold(record.partition(), offset, ingestedAt);
    if (taken) {
      if (--untilLook < 0) {
        untilLook = RECORDS_A_LOOK_AT_THE_CLOCK;
        now = getProcessingTimeService().getCurrentProcessingTime();
      }
      try {
        spool.add(ingestedAt, record.partition(), offset, record.value(), knowledgeTime, now);
      } catch (IOException e) {
        throw Failures.unwritable(lake, e);
      }
    } else {
      counts.repeated();
    }
    next.set(record.partition(), offset + 1);
    while (decisions.submittedBytes() > 2 * rollBytes) {
      mailbox.yield();
    }
  }

  private long ingestedAt(StreamRecord<LogRecord> element) {
    if (!element.hasTimestamp()) {
      return Segment.UNKNOWN_TIME;
    }
    long time = element.getTimestamp();
    return time >= 0 || fieldTimes ? time : Segment.UNKNOWN_TIME;
  }

  @Override
  public void processWatermark(Watermark mark) throws Exception {
    // The last one says that the input ends, not that nothing will ever be logged again.
    if (mark.getTimestamp() != Watermark.MAX_WATERMARK.getTimestamp()) {
      knowledgeTime = Math.max(knowledgeTime, mark.getTimestamp());
      passOn();
    }
  }

  @Override
  public void processWatermarkStatus(WatermarkStatus status) throws Exception {
    idle = status.isIdle();
    if (!idle) {
      super.processWatermarkStatus(status);
    } else {
      passOn();
    }
  }

  /** Lets knowledge time go on as far as everything before it can be read. */
  private void passOn() throws Exception {
    long least = Math.min(spool.minIngestedAt(), decisions.minIngestedAt());
    for (Segment segment : waiting) {
      least = Math.min(least, segment.minIngestedAt());
    }
    long readable = least == Long.MIN_VALUE ? least : Math.min(knowledgeTime, least - 1);
    if (readable > passedOn) {
      passedOn = readable;
      output.emitWatermark(new Watermark(readable));
    }
    if (idle && hiddenFiles() == 0) {
      super.processWatermarkStatus(WatermarkStatus.IDLE);
    }
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    seal();
    now = getProcessingTimeService().getCurrentProcessingTime();
    decisions.add(policy.due(waiting, knowledgeTime, now, this::name), context.getCheckpointId());
    state.write(waiting, decisions.all(), next);
  }

  private void seal() {
    try {
      waiting.addAll(spool.seal());
    } catch (IOException e) {
      throw Failures.unwritable(lake, e);
    }
  }

  @Override
  public void notifyCheckpointComplete(long checkpointId) throws Exception {
    super.notifyCheckpointComplete(checkpointId);
    carryOut(checkpointId);
  }

  private void carryOut(long checkpointId) {
    for (Publication publication : decisions.submit(checkpointId)) {
      publishing.publish(
          publication,
          (published, failure) ->
              mailbox.execute(
                  () -> published(publication, published, failure), "published %s", publication));
    }
  }

  private void published(Publication publication, Publisher.Published published, Throwable failure)
      throws Exception {
    if (failure instanceof IOException e) {
      throw Failures.unwritable(lake, e);
    }
    if (failure != null) {
      ExceptionUtils.rethrowException(failure);
    }
    decisions.done(publication);
    counts.published(published);
    passOn();
  }

  /** Shows everything: what is read again after a failure, the lake holds already. */
  @Override
  public void finish() throws Exception {
    seal();
    decisions.add(policy.all(waiting, this::name), Long.MIN_VALUE);
    carryOut(Long.MAX_VALUE);
    while (!decisions.isEmpty()) {
      mailbox.yield();
    }
    passOn();
    super.finish();
  }

  private int hiddenFiles() {
    return spool.openSegments() + waiting.size() + decisions.segments();
  }

  private long hiddenBytes() {
    return spool.openBytes() + waiting.stream().mapToLong(Segment::bytes).sum() + decisions.bytes();
  }

  @Override
  public void close() throws Exception {
    if (publishing != null) {
      publishing.stop();
    }
    if (spool != null) {
      spool.close();
    }
    super.close();
  }
}
