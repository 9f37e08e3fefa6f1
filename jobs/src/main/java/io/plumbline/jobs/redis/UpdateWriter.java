package io.plumbline.jobs.redis;

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

/**
 * Puts the features of keys into Redis, see docs/redis.md for how they lie there. Holds a lease for
 * its entities, and raises the namespace's fences to its generation before it writes.
 */
public final class UpdateWriter extends BatchingOperator<Update, FeatureWrite> {
  private static final long serialVersionUID = 1L;

  /** Sequences start at the clock's ms times this, so that a later attempt's are higher. */
  private static final long SEQUENCES_PER_MS = 1 << 20;

  private final FeatureSet set;
  private final List<String> entities;
  private final WriterOptions options;
  private transient String[] names;
  private transient String[][] features;
  private transient StoredJson json;
  private transient long sequence;
  private transient Lease lease;

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
    sequence = getProcessingTimeService().getCurrentProcessingTime() * SEQUENCES_PER_MS;
    for (FeatureWrite write : restored) {
      sequence = Math.max(sequence, write.sequence() + 1);
    }
    JobInfo job = getRuntimeContext().getJobInfo();
    lease =
        new Lease(
            connection,
            new Lease.Job(job.getJobName(), job.getJobId().toString(), options.generation()));
    entities.forEach(lease::claim);
    connection.ask(commands -> commands.scriptLoad(Script.WRITE.text()));
    if (isFirst()) {
      Fences.raise(connection, options.generation());
      renewLater(connection);
    }
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
