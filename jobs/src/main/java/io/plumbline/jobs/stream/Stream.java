package io.plumbline.jobs.stream;

import io.plumbline.UserError;
import io.plumbline.definition.DefinitionBundle;
import io.plumbline.jobs.backfill.Product;
import io.plumbline.jobs.feature.Evolution;
import io.plumbline.jobs.feature.FeatureSet;
import io.plumbline.jobs.feature.OtherDefinitions;
import io.plumbline.jobs.redis.Lease;
import io.plumbline.jobs.redis.RedisConnection;
import io.plumbline.jobs.redis.RewriteSignal;
import java.util.List;
import java.util.Optional;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.configuration.Configuration;
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
    Optional<Bootstrapped> origin = Bootstrapped.origin(env.getConfiguration());
    FeatureSet set = goingOn(request, env);
    StreamPlan plan =
        StreamPlan.of(
            origin.map(o -> request.from(request.logs().from(o.starts()))).orElse(request), set);
    origin.ifPresent(
        o -> {
          o.check(plan.set().plans());
          writeAll(plan);
        });
    env.setRuntimeMode(RuntimeExecutionMode.STREAMING);
    env.setBufferTimeout(LONGEST_IN_BUFFER_MS);
    env.getConfig().setGlobalJobParameters(parameters(request));
    new StreamGraph(plan).define(env);
    return plan;
  }

  /**
   * What to compute. Where the job is to start from a savepoint of other definitions, its state is
   * carried over.
   *
   * @throws OtherDefinitions if it cannot be, or features would be lost unasked
   */
  private static FeatureSet goingOn(StreamRequest request, StreamExecutionEnvironment env) {
    FeatureSet asked = FeatureSet.live(DefinitionBundle.read(request.definitions()));
    String savepoint = env.getConfiguration().get(StateRecoveryOptions.SAVEPOINT_PATH);
    if (savepoint == null && !request.dropped().isEmpty()) {
      throw UserError.wrongCall("--drop goes with --from: there is no state to drop anything of");
    }
    Optional<FeatureSet> written =
        savepoint == null ? Optional.empty() : WrittenFeatures.of(savepoint);
    if (written.isEmpty()) {
      return asked;
    }
    Evolution evolution = Evolution.of(written.get(), asked);
    List<String> refusals = evolution.refusals(request.dropped());
    if (!refusals.isEmpty()) {
      throw OtherDefinitions.because(refusals);
    }
    if (evolution.leavesOperators()) {
      Configuration dropping = new Configuration();
      dropping.set(StateRecoveryOptions.SAVEPOINT_IGNORE_UNCLAIMED_STATE, true);
      env.configure(dropping);
    }
    return evolution.set();
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
