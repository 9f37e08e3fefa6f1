package io.plumbline.jobs.stream;

import io.plumbline.UserError;
import io.plumbline.definition.DefinitionBundle;
import io.plumbline.jobs.backfill.Product;
import io.plumbline.jobs.feature.Evolution;
import io.plumbline.jobs.feature.FeatureSet;
import io.plumbline.jobs.feature.OtherDefinitions;
import io.plumbline.jobs.pipeline.Takeover;
import io.plumbline.jobs.redis.Lease;
import io.plumbline.jobs.redis.RedisConnection;
import io.plumbline.jobs.redis.RewriteSignal;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The live job: features in Redis that are right within a fraction of a second, and stay right. */
public final class Stream {
  /** Job parameter: which version of the product the job runs. */
  public static final String VERSION = "plumbline.version";

  /** Job parameter: the generation of its writes to Redis. */
  public static final String GENERATION = "plumbline.generation";

  private static final Logger LOG = LoggerFactory.getLogger(Stream.class);

  /** How long a record may wait for others before it is sent on; an event is sent on twice. */
  private static final long LONGEST_IN_BUFFER_MS = 5;

  private Stream() {}

  /**
   * Looks at everything that the request names, and adds the job to an environment. If that starts
   * from a savepoint that was made of a lake, the job reads on where the lake was cut, and writes
   * everything to Redis that the savepoint holds.
   *
   * @return what will run
   * @throws UserError if it cannot
   */
  public static StreamPlan define(StreamRequest request, StreamExecutionEnvironment env) {
    FeatureSet asked = FeatureSet.live(DefinitionBundle.read(request.definitions()));
    if (env.getConfiguration().getOptional(StateRecoveryOptions.SAVEPOINT_PATH).isEmpty()
        && !request.dropped().isEmpty()) {
      throw UserError.wrongCall("--drop goes with --from: there is no state to drop anything of");
    }
    ReadableConfig configuration = env.getConfiguration();
    Optional<SavedJob> saved =
        Takeover.patiently(
            configuration, () -> Takeover.savepoint(configuration).map(SavedJob::of));
    FeatureSet set = saved.map(job -> goingOn(job, request, asked, env)).orElse(asked);
    Optional<Bootstrapped> origin = saved.flatMap(job -> job.logs().made());
    StreamRequest from =
        origin.map(o -> request.from(request.logs().from(o.starts()))).orElse(request);
    StreamPlan plan = Takeover.patiently(configuration, () -> StreamPlan.of(from, set));
    if (origin.isPresent()) {
      Takeover.patiently(configuration, () -> writeAll(plan));
    }
    env.setRuntimeMode(RuntimeExecutionMode.STREAMING);
    env.setBufferTimeout(LONGEST_IN_BUFFER_MS);
    env.getConfig().setGlobalJobParameters(parameters(request));
    new StreamGraph(plan).define(env);
    return plan;
  }

  /**
   * What to compute where the job starts from a savepoint: its state is carried over to what is
   * asked for.
   *
   * @throws OtherDefinitions if it cannot be, or features would be lost unasked
   * @throws UserError if it does not say where to go on in the logs
   */
  private static FeatureSet goingOn(
      SavedJob saved, StreamRequest request, FeatureSet asked, StreamExecutionEnvironment env) {
    Set<String> counted = Set.of();
    FeatureSet set = asked;
    if (saved.set().isPresent()) {
      Evolution evolution = Evolution.of(saved.set().get(), asked);
      List<String> refusals = evolution.refusals(request.dropped());
      if (!refusals.isEmpty()) {
        throw OtherDefinitions.because(refusals);
      }
      if (evolution.leavesOperators()) {
        Configuration dropping = new Configuration();
        dropping.set(StateRecoveryOptions.SAVEPOINT_IGNORE_UNCLAIMED_STATE, true);
        env.configure(dropping);
      }
      set = evolution.set();
      counted = Set.copyOf(saved.set().get().plans().sources());
    }
    List<String> elsewhere = saved.logs().refusals(counted, asked);
    if (!elsewhere.isEmpty()) {
      throw UserError.invalid(
          "--from: a job cannot go on from this savepoint: " + String.join("; ", elsewhere));
    }
    return set;
  }

  /** What state does not know of a job, and the REST API tells those who ask. */
  private static Configuration parameters(StreamRequest request) {
    Configuration parameters = new Configuration();
    parameters.setString(VERSION, Product.version());
    parameters.setString(GENERATION, Long.toString(request.redis().generation()));
    return parameters;
  }

  private static void writeAll(StreamPlan plan) {
    StreamRequest request = plan.request();
    try (RedisConnection redis = RedisConnection.open(request.redis().redis())) {
      new RewriteSignal(
              redis,
              request.name(),
              request.redis().generation(),
              plan.set().plans().definitions().fingerprint())
          .forget();
    }
  }

  /** Gives back what a job owned that was canceled, so that the next need not wait for it. */
  public static void release(StreamPlan plan, JobID job) {
    List<String> entities =
        plan.set().plans().entities().stream().map(entity -> entity.entity()).toList();
    try (RedisConnection redis = RedisConnection.open(plan.request().redis().redis())) {
      Lease.release(redis, entities, job.toString());
    } catch (UserError e) {
      LOG.warn("leases run out by themselves, because: {}", e.getMessage());
    }
  }
}
