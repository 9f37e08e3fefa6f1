package io.plumbline.jobs.stream;

import io.plumbline.UserError;
import io.plumbline.jobs.redis.Fences;
import io.plumbline.jobs.redis.ProgressGate;
import io.plumbline.jobs.redis.RedisConnection;
import io.plumbline.jobs.redis.RewriteSignal;
import io.plumbline.jobs.redis.Sweep;
import io.plumbline.jobs.redis.WriterOptions;
import io.plumbline.jobs.redis.WrittenCheckpoints;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks Redis, whenever something comes in, whether all features are to be written again: because
 * somebody wants it, or because Redis has lost what it held.
 *
 * <p>A request goes out at once, and progress is held. When every subtask has written what came
 * before the next checkpoint's barrier, which is behind the request, progress goes on; and hashes
 * that nobody wrote again are swept away. Then the request is done with: a job that fails before
 * begins with it anew.
 */
final class RewriteRequests extends AbstractStreamOperator<Long>
    implements OneInputStreamOperator<Long, Long> {
  /** Counter: hashes that no state knew, and that were removed. */
  static final String SWEPT = "keysSwept";

  private static final long serialVersionUID = 1L;
  private static final Logger LOGGER = LoggerFactory.getLogger(RewriteRequests.class);
  private static final Duration SLICE = Duration.ofMillis(100);
  private static final long NONE = Long.MIN_VALUE;

  private final WriterOptions options;
  private final String job;
  private final String features;
  private final List<String> entities;
  private transient RedisConnection redis;
  private transient RewriteSignal signal;
  private transient ProgressGate gate;
  private transient WrittenCheckpoints checkpoints;
  private transient Counter swept;
  private transient ListState<Long> keptKnowledgeTime;
  private transient boolean restored;

  /** Up to when everything was written as long as nothing was wrong, epoch ms. */
  private transient long knowledgeTime;

  /** What is being done; null if nothing is. */
  private transient RewriteSignal.Request pending;

  /** The first checkpoint behind it. */
  private transient long barrier;

  /** Null until everything is written. */
  private transient Sweep sweep;

  /**
   * @param job the same after a restart
   * @param features what the job writes
   * @param entities that it writes
   */
  RewriteRequests(WriterOptions options, String job, String features, List<String> entities) {
    this.options = options;
    this.job = job;
    this.features = features;
    this.entities = new ArrayList<>(entities);
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    restored = context.isRestored();
    keptKnowledgeTime =
        context
            .getOperatorStateStore()
            .getListState(new ListStateDescriptor<>("knowledge-time", LongSerializer.INSTANCE));
    knowledgeTime = NONE;
    for (long time : keptKnowledgeTime.get()) {
      knowledgeTime = time;
    }
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    keptKnowledgeTime.update(List.of(knowledgeTime));
  }

  @Override
  public void open() throws Exception {
    super.open();
    swept = getMetricGroup().counter(SWEPT);
    redis = RedisConnection.await(options.redis());
    signal = new RewriteSignal(redis, job, options.generation(), features);
    gate = new ProgressGate(redis, entities, options.generation());
    checkpoints = new WrittenCheckpoints(redis, jobId());
    gate.forget();
    if (!restored) {
      // No key is known that Redis could lack.
      signal.poll().ifPresent(signal::handled);
    }
  }

  private String jobId() {
    return getRuntimeContext().getJobInfo().getJobId().toString();
  }

  @Override
  public void processElement(StreamRecord<Long> element) {
    try {
      Optional<RewriteSignal.Request> request = signal.poll().filter(this::isNew);
      if (request.isPresent()) {
        begin(request.get());
      } else if (pending == null) {
        gate.open(signal.handled());
        gate.reached(jobId(), getRuntimeContext().getTaskInfo().getAttemptNumber())
            .ifPresent(time -> knowledgeTime = Math.max(knowledgeTime, time));
      } else {
        goOn();
      }
    } catch (UserError e) {
      LOGGER.debug("cannot ask Redis now whether features are to be written again", e);
    }
  }

  private boolean isNew(RewriteSignal.Request request) {
    return pending == null
        || request.cause() == RewriteSignal.Cause.LOSS
        || !request.marker().equals(pending.marker());
  }

  private void begin(RewriteSignal.Request request) {
    gate.close();
    Fences.raise(redis, options.generation());
    pending = request;
    barrier = NONE;
    sweep = null;
    LOGGER.warn("all features are written to Redis again: {}", request.why());
    output.collect(new StreamRecord<>(getProcessingTimeService().getCurrentProcessingTime()));
  }

  @Override
  public void prepareSnapshotPreBarrier(long checkpointId) {
    if (pending != null && barrier == NONE) {
      barrier = checkpointId;
    }
  }

  private void goOn() {
    if (sweep == null) {
      if (barrier == NONE || !entities.stream().allMatch(e -> checkpoints.reached(e, barrier))) {
        return;
      }
      gate.open(pending.servers());
      sweep =
          new Sweep(
              redis,
              knowledgeTime == NONE ? List.of() : entities,
              options.generation(),
              knowledgeTime);
    }
    if (sweep.advance(SLICE)) {
      signal.handled(pending);
      swept.inc(sweep.removed());
      LOGGER.info(
          "all features are written to Redis again; {} keys removed that had none any more",
          sweep.removed());
      pending = null;
    }
  }

  @Override
  public void close() throws Exception {
    if (redis != null) {
      redis.close();
    }
    super.close();
  }
}
