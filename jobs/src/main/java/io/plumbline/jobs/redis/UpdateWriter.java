package io.plumbline.jobs.redis;

import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.protocol.AsyncCommand;
import io.lettuce.core.protocol.CommandArgs;
import io.plumbline.UserError;
import io.plumbline.definition.Feature;
import io.plumbline.jobs.feature.FeatureSet;
import io.plumbline.jobs.feature.Update;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.apache.flink.api.common.JobInfo;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;

/**
 * Puts the features of keys into Redis, see docs/redis.md for how they lie there. Holds a lease for
 * its entities, and raises the namespace's fences to its generation before it writes.
 */
public final class UpdateWriter extends BatchingOperator<Update, FeatureWrite> {
  private static final long serialVersionUID = 1L;

  /** Each time a writer starts it begins an epoch, and has so many sequences for itself. */
  private static final int EPOCH_BITS = 32;

  /**
   * The clock's ms in one epoch, if it were the clock that made epochs: what the first of them
   * follows, because sequences were once the clock's ms times 2^20.
   */
  private static final long MS_PER_EPOCH = 1 << 12;

  private final FeatureSet set;
  private final List<String> entities;
  private final WriterOptions options;
  private transient String[] names;
  private transient String[][] features;
  private transient StoredJson json;
  private transient long sequence;
  private transient ListState<Long> keptSequence;
  private transient Lease lease;
  private transient WrittenCheckpoints checkpoints;

  /**
   * @param entities that come in: names of some of the set's entities
   */
  public UpdateWriter(FeatureSet set, List<String> entities, WriterOptions options) {
    super(WriterMetrics.What.FEATURES, options.redis(), options.limits());
    this.set = set;
    this.entities = new ArrayList<>(entities);
    this.options = options;
    if (entities.contains("rejected")) {
      throw UserError.invalid(
          "the entity 'rejected' cannot be written to Redis, where the streams of rejected records"
              + " have that name; rename it");
    }
  }

  @Override
  void connected(RedisConnection connection, List<FeatureWrite> restored) {
    names = set.plans().entities().stream().map(plan -> plan.entity()).toArray(String[]::new);
    features =
        set.plans().entities().stream()
            .map(plan -> plan.features().stream().map(Feature::id).toArray(String[]::new))
            .toArray(String[][]::new);
    json = new StoredJson();
    for (FeatureWrite write : restored) {
      sequence = Math.max(sequence, write.sequence());
    }
    sequence = epoch(connection) << EPOCH_BITS;
    JobInfo job = getRuntimeContext().getJobInfo();
    lease =
        new Lease(
            connection,
            new Lease.Job(job.getJobName(), job.getJobId().toString(), options.generation()));
    checkpoints = new WrittenCheckpoints(connection, job.getJobId().toString());
    entities.forEach(lease::claim);
    connection.ask(commands -> commands.scriptLoad(Script.WRITE.text()));
    if (isFirst()) {
      Fences.raise(connection, options.generation());
      renewLater(connection);
    }
  }

  /** Higher than every one that a sequence in Redis, or in the state, belongs to. */
  private long epoch(RedisConnection connection) {
    long clock = getProcessingTimeService().getCurrentProcessingTime() / MS_PER_EPOCH;
    long least = Math.max(clock, sequence >> EPOCH_BITS);
    String epoch =
        (String)
            connection.run(
                Script.EPOCH,
                ScriptOutputType.VALUE,
                List.of(connection.keys().epoch()),
                Long.toString(least));
    return Long.parseLong(epoch);
  }

  private boolean isFirst() {
    return getRuntimeContext().getTaskInfo().getIndexOfThisSubtask() == 0;
  }

  private void renewLater(RedisConnection connection) {
    connection.after(
        Lease.RENEWAL,
        () -> {
          try {
            entities.forEach(entity -> lease.renew(entity, this::fail));
          } finally {
            renewLater(connection);
          }
        });
  }

  private void fail(Refused refused) {
    try {
      mailbox()
          .execute(
              () -> {
                throw refused;
              },
              "loss of an entity");
    } catch (RejectedExecutionException e) {
      LOG.debug("the task is over", e);
    }
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    keptSequence =
        context
            .getOperatorStateStore()
            .getUnionListState(new ListStateDescriptor<>("sequence", LongSerializer.INSTANCE));
    sequence = 0;
    for (long kept : keptSequence.get()) {
      sequence = Math.max(sequence, kept);
    }
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    keptSequence.update(List.of(sequence));
    whenWritten(new CheckpointWritten(context.getCheckpointId()));
  }

  /** What came before a checkpoint is in Redis. */
  private final class CheckpointWritten implements Milestones.Milestone {
    private final long checkpoint;

    private CheckpointWritten(long checkpoint) {
      this.checkpoint = checkpoint;
    }

    @Override
    public void reached() {
      TaskInfo task = getRuntimeContext().getTaskInfo();
      for (String entity : entities) {
        checkpoints.note(
            entity, task.getIndexOfThisSubtask(), task.getNumberOfParallelSubtasks(), checkpoint);
      }
    }

    @Override
    public boolean covers(Milestones.Milestone earlier) {
      return earlier instanceof CheckpointWritten;
    }
  }

  @Override
  void leaving(RedisConnection connection) {
    if (isFirst()) {
      try {
        entities.forEach(lease::release);
      } catch (UserError e) {
        LOG.warn("leases run out by themselves, because: {}", e.getMessage());
      }
    }
  }

  @Override
  FeatureWrite item(Update update) {
    return new FeatureWrite(
        names[update.entity()],
        update.key(),
        update.asOf(),
        sequence++,
        update.ingestedAt(),
        features[update.entity()],
        update.values());
  }

  @Override
  void write(FeatureWrite item, DataOutput out) throws IOException {
    item.write(json, out);
  }

  @Override
  FeatureWrite read(DataInput in) throws IOException {
    return FeatureWrite.read(in);
  }

  @Override
  RedisBatcher.Recipe<FeatureWrite> recipe(RedisConnection connection, WriterMetrics metrics) {
    return new Hashes(connection, metrics);
  }

  private final class Hashes implements RedisBatcher.Recipe<FeatureWrite> {
    private final RedisConnection redis;
    private final WriterMetrics metrics;
    private final String generation = Long.toString(options.generation());
    private final String tombstone = Long.toString(options.tombstone().toMillis());

    private Hashes(RedisConnection redis, WriterMetrics metrics) {
      this.redis = redis;
      this.metrics = metrics;
    }

    @Override
    public String name(FeatureWrite item) {
      return redis.keys().hash(item.entity(), item.key());
    }

    @Override
    public FeatureWrite merge(FeatureWrite older, FeatureWrite newer) {
      return older.merge(newer);
    }

    /** When many windows pass at once, what events change does not wait for all of them. */
    @Override
    public boolean isUrgent(FeatureWrite item) {
      return item.ingestedAt() != Update.BY_TIME;
    }

    @Override
    public AsyncCommand<String, String, Object> command(
        FeatureWrite item, RedisBatcher.Sending sending) {
      String hash = name(item);
      CommandArgs<String, String> arguments =
          ScriptCommand.arguments(Script.WRITE, sending, hash, redis.fenceOf(hash))
              .add(generation)
              .add(item.asOf())
              .add(item.sequence())
              .add(tombstone);
      for (int i = 0; i < item.values().length; i++) {
        if (item.values()[i] != null) {
          arguments.addKey(item.features()[i]).add(json.of(item.values()[i]));
        }
      }
      return ScriptCommand.of(sending, arguments);
    }

    @Override
    public void acknowledged(FeatureWrite item, Object reply) {
      long outcome = (Long) reply;
      if (outcome < 0) {
        throw Fences.fenced(options.redis(), options.generation(), "a newer generation");
      }
      if (outcome == 0) {
        metrics.superseded.inc();
        return;
      }
      metrics.writes.inc();
      if (item.ingestedAt() != Update.BY_TIME) {
        metrics.freshnessMs.update(
            getProcessingTimeService().getCurrentProcessingTime() - item.ingestedAt());
      }
    }
  }
}
