package io.plumbline.jobs.pipeline;

import io.plumbline.Unreachable;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.HighAvailabilityOptions;
import org.apache.flink.configuration.PipelineOptionsInternal;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a highly available cluster has one job, a JobManager that takes over runs the program
 * again, and goes on with the job once the program hands it over. If the program ended with an
 * error instead, Flink would forget the job and all that it needs to go on. So what does not answer
 * is waited for, and a savepoint that the job began with long ago need not be there any more.
 */
public final class Takeover {
  /**
   * Setting of Flink's: the arguments of the call that is repeated, as a JSON array, where a
   * rollback starts a job over the REST API. That is a first start.
   */
  public static final ConfigOption<String> REPEATED =
      ConfigOptions.key("plumbline.repeated-arguments").stringType().noDefaultValue();

  private static final String METADATA = "_metadata";
  private static final Logger LOG = LoggerFactory.getLogger(Takeover.class);
  private static final long BETWEEN_LOOKS_NANOS = TimeUnit.SECONDS.toNanos(1);

  private Takeover() {}

  /** Whether this may be one: nothing tells it from the first start of such a job. */
  private static boolean isPossible(ReadableConfig configuration) {
    return !configuration.get(HighAvailabilityOptions.HA_MODE).equalsIgnoreCase("none")
        && configuration.getOptional(PipelineOptionsInternal.PIPELINE_FIXED_JOB_ID).isPresent()
        && configuration.getOptional(REPEATED).isEmpty();
  }

  /**
   * Looks at what a job needs, and again if that does not answer and this may be a takeover.
   *
   * @param configuration that the job is to run with
   */
  public static <T> T patiently(ReadableConfig configuration, Supplier<T> looking) {
    while (true) {
      try {
        return looking.get();
      } catch (Unreachable e) {
        if (!isPossible(configuration)) {
          throw e;
        }
        LOG.warn("the job cannot go on yet: {}", e.getMessage());
        LockSupport.parkNanos(BETWEEN_LOOKS_NANOS);
      }
    }
  }

  /** The same, where nothing is to be brought back. */
  public static void patiently(ReadableConfig configuration, Runnable looking) {
    patiently(
        configuration,
        () -> {
          looking.run();
          return null;
        });
  }

  /**
   * The savepoint that a job starts from; empty if there is none, or it is gone and this may be a
   * takeover. Flink itself refuses to start a job anew from one that is gone.
   *
   * @return path or URL
   */
  public static Optional<String> savepoint(ReadableConfig configuration) {
    Optional<String> savepoint = configuration.getOptional(StateRecoveryOptions.SAVEPOINT_PATH);
    if (savepoint.isPresent() && isPossible(configuration) && isGone(savepoint.get())) {
      LOG.warn(
          "the savepoint {} is gone: a job that began with it goes on from its checkpoints",
          savepoint.get());
      return Optional.empty();
    }
    return savepoint;
  }

  /** Flink that owns a savepoint deletes its metadata, but not what we have put beside it. */
  private static boolean isGone(String savepoint) {
    Path path = new Path(savepoint);
    Path metadata = path.getName().equals(METADATA) ? path : new Path(path, METADATA);
    try {
      return !metadata.getFileSystem().exists(metadata);
    } catch (IOException e) {
      throw new Unreachable("--from: " + savepoint + " cannot be looked for: " + e.getMessage(), e);
    }
  }
}
