package io.plumbline.savepoints.bootstrap;

import io.plumbline.UserError;
import io.plumbline.jobs.admission.RejectionCounts;
import io.plumbline.jobs.app.Places;
import io.plumbline.jobs.backfill.Product;
import io.plumbline.jobs.feature.BucketBuilder;
import io.plumbline.jobs.feature.FeatureSet;
import io.plumbline.jobs.pipeline.JobFailures;
import io.plumbline.jobs.pipeline.LakeRecords;
import io.plumbline.jobs.stream.Bootstrapped;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Clock;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.configuration.BatchExecutionOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.runtime.checkpoint.OperatorState;
import org.apache.flink.runtime.jobgraph.OperatorID;
import org.apache.flink.state.api.OperatorIdentifier;
import org.apache.flink.state.api.runtime.SavepointLoader;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes a savepoint of a lake: plans, runs the job, and lets it appear when it is whole. */
public final class Bootstrap {
  private static final Logger LOG = LoggerFactory.getLogger(Bootstrap.class);

  private static final String INCOMPLETE = ".incomplete-";

  private Bootstrap() {}

  /**
   * Runs a bootstrap.
   *
   * @param env where to run
   * @param maxParallelism key groups, as many as the live job has
   * @return what lies beside the savepoint
   * @throws UserError if the input is wrong or the savepoint cannot be written; nothing is left
   *     behind
   */
  public static Bootstrapped run(
      BootstrapRequest request, StreamExecutionEnvironment env, int maxParallelism) {
    BootstrapPlan plan = BootstrapPlan.of(request, Clock.systemUTC());
    return make(
        request.out(),
        env,
        maxParallelism,
        staging -> new BootstrapGraph(plan).define(env, staging, maxParallelism),
        counts -> describe(plan, counts));
  }

  /** Adds a job that writes a savepoint into a folder; gives the uids of what it writes. */
  @FunctionalInterface
  interface Graph {
    List<String> define(Path staging) throws IOException;
  }

  /** Runs a job that makes a savepoint, and lets that appear when it is whole. */
  static Bootstrapped make(
      Path out,
      StreamExecutionEnvironment env,
      int maxParallelism,
      Graph graph,
      Function<Map<String, Object>, Bootstrapped> description) {
    Path staging = staging(out);
    boolean published = false;
    try {
      env.setRuntimeMode(RuntimeExecutionMode.BATCH);
      env.configure(flinksOwn());
      List<String> uids = graph.define(staging);
      Map<String, Object> counts = execute(env, out);
      check(staging, uids, Math.min(env.getParallelism(), maxParallelism));
      Bootstrapped made = description.apply(counts);
      made.write(staging);
      publish(staging, out);
      published = true;
      return made;
    } catch (IOException e) {
      throw unwritable(out, e);
    } finally {
      if (!published) {
        delete(staging);
      }
    }
  }

  /**
   * Flink's writer of savepoints sends objects of Flink's own from task to task, and hands records
   * to another thread, which must not find the next one in their place. Its tasks are as many as
   * they are told: key groups go by that.
   */
  private static Configuration flinksOwn() {
    Configuration configuration = new Configuration();
    configuration.set(PipelineOptions.GENERIC_TYPES, true);
    configuration.set(PipelineOptions.OBJECT_REUSE, false);
    configuration.set(BatchExecutionOptions.ADAPTIVE_AUTO_PARALLELISM_ENABLED, false);
    return configuration;
  }

  /** What bootstraps of the same savepoint have left that were killed, or are at work on. */
  static List<Path> leftovers(Path out) {
    Path parent = out.toAbsolutePath().getParent();
    if (!Files.isDirectory(parent)) {
      return List.of();
    }
    try (Stream<Path> beside = Files.list(parent)) {
      return beside
          .filter(path -> path.getFileName().toString().startsWith(out.getFileName() + INCOMPLETE))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw unwritable(out, e);
    }
  }

  /** A folder beside the savepoint's that says by its name that it is not whole. */
  private static Path staging(Path out) {
    try {
      Files.createDirectories(out.getParent());
      return Files.createDirectory(
          out.resolveSibling(out.getFileName() + INCOMPLETE + UUID.randomUUID()));
    } catch (IOException e) {
      throw unwritable(out, e);
    }
  }

  private static UserError unwritable(Path out, IOException e) {
    return UserError.invalid("--out " + out + " cannot be written: " + e.getMessage(), e);
  }

  private static Map<String, Object> execute(StreamExecutionEnvironment env, Path out) {
    try {
      return env.execute("bootstrap " + out.getFileName()).getAllAccumulatorResults();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw UserError.invalid("the bootstrap was interrupted; nothing was written");
    } catch (Exception e) {
      throw JobFailures.explain(e);
    }
  }

  /** Looks whether every subtask of every operator has written its part. */
  private static void check(Path savepoint, List<String> uids, int parts) throws IOException {
    Path failure = savepoint.resolve(StateWriter.FAILURE);
    if (Files.exists(failure)) {
      throw UserError.invalid(
          "the state cannot be written to "
              + savepoint.getParent()
              + ": "
              + Files.readString(failure)
              + "; make room there and in the temporary folder, or in memory"
              + " (PLUMBLINE_HEAP=8g), and run it again");
    }
    Map<OperatorID, OperatorState> written = new HashMap<>();
    SavepointLoader.loadSavepointMetadata(Places.url(savepoint))
        .getOperatorStates()
        .forEach(state -> written.put(state.getOperatorID(), state));
    for (String uid : uids) {
      OperatorState state = written.get(OperatorIdentifier.forUid(uid).getOperatorId());
      int there = state == null ? 0 : state.getNumberCollectedStates();
      if (there != parts) {
        throw new IllegalStateException(
            "of the state of " + uid + ", " + there + " of " + parts + " parts were written");
      }
    }
  }

  private static Bootstrapped describe(BootstrapPlan plan, Map<String, Object> counts) {
    return new Bootstrapped(
        Product.version(),
        plan.set().plans().definitions().fingerprint(),
        plan.request().untilMs(),
        plan.knowledgeTime(),
        cuts(plan, counts),
        keys(plan.set(), counts));
  }

  /** Where each source was cut, and how much of it was read. */
  static Map<String, Bootstrapped.Cut> cuts(BootstrapPlan plan, Map<String, Object> counts) {
    Map<String, Bootstrapped.Cut> cuts = new LinkedHashMap<>();
    plan.sources()
        .forEach(
            (name, history) ->
                cuts.put(
                    name,
                    new Bootstrapped.Cut(
                        plan.set().plans().definitions().source(name).topic(),
                        history.cut().offsets(),
                        (Long) counts.getOrDefault(LakeRecords.ROWS_TAKEN + "/" + name, 0L),
                        RejectionCounts.of(name, counts))));
    return cuts;
  }

  /** How many hashes of keys each entity has. */
  static Map<String, Long> keys(FeatureSet set, Map<String, Object> counts) {
    Map<String, Long> keys = new TreeMap<>();
    set.plans()
        .entities()
        .forEach(
            entity ->
                keys.put(
                    entity.entity(),
                    (Long) counts.getOrDefault(BucketBuilder.KEYS + "/" + entity.entity(), 0L)));
    return keys;
  }

  private static void publish(Path staging, Path out) throws IOException {
    if (Files.exists(out)) {
      throw new FileAlreadyExistsException(out + " has come into being meanwhile");
    }
    Files.move(staging, out, StandardCopyOption.ATOMIC_MOVE);
  }

  private static void delete(Path folder) {
    try {
      Files.walkFileTree(
          folder,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              Files.delete(file);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, IOException failure)
                throws IOException {
              Files.delete(visited);
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      LOG.warn("{} is of no use, and cannot be removed", folder, e);
    }
  }
}
