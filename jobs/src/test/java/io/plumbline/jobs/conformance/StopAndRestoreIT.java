package io.plumbline.jobs.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.plumbline.time.Knowledge;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.testutils.CommonTestUtils;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.test.junit5.InjectMiniCluster;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every case, as-known, from a live log, stopped with a savepoint on the way and started again: the
 * answers of both runs together are the expected rows, each once.
 */
class StopAndRestoreIT {
  @RegisterExtension
  static final MiniClusterExtension CLUSTER =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setConfiguration(
                  new Configuration().set(RestartStrategyOptions.RESTART_STRATEGY, "none"))
              .setNumberTaskManagers(1)
              .setNumberSlotsPerTaskManager(4)
              .build());

  /** How a job runs before it is stopped and after. */
  private record Change(
      String backend, int parallelism, String laterBackend, int laterParallelism) {}

  private static final List<Change> CHANGES =
      List.of(new Change("hashmap", 4, "hashmap", 1), new Change("rocksdb", 4, "rocksdb", 1));

  static List<ConformanceCase> cases() throws IOException {
    return ConformanceCase.all();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void bothRunsTogetherGiveEveryRowOnce(
      ConformanceCase one, @TempDir Path savepoints, @InjectMiniCluster MiniCluster cluster)
      throws Exception {
    for (int i = 0; i < CHANGES.size(); i++) {
      Change change = CHANGES.get(i);
      LiveJob job = new LiveJob(one, i);
      int stop = 1 + new Random(i).nextInt(job.arrivals() - 1);
      String run = one + " stopped after " + stop + " of " + job.arrivals() + ", " + change;
      List<Map<String, Object>> results = stopAndRestore(job, change, stop, savepoints, cluster);
      assertThat(job.rows(results.subList(0, 1)).size() + job.rows(results.subList(1, 2)).size())
          .as(run)
          .isEqualTo(one.expected(Knowledge.AS_KNOWN).size());
      one.check(job.rows(results), Knowledge.AS_KNOWN);
      assertThat(job.rejected(results)).as(run).isEqualTo(one.rejectedInLog());
    }
  }

  private static List<Map<String, Object>> stopAndRestore(
      LiveJob job, Change change, int stop, Path savepoints, MiniCluster cluster) throws Exception {
    List<Map<String, Object>> results = new ArrayList<>();
    Gate gate = Gate.after(stop);
    JobClient first = job.start(change.parallelism, backend(change.backend), gate);
    String savepoint;
    try {
      gate.reached().get(60, TimeUnit.SECONDS);
      CommonTestUtils.waitForAllTaskRunning(cluster, first.getJobID(), false);
      savepoint =
          first
              .stopWithSavepoint(
                  false, savepoints.toUri().toString(), SavepointFormatType.CANONICAL)
              .get(60, TimeUnit.SECONDS);
    } catch (Exception e) {
      first.cancel().get();
      throw e;
    }
    results.add(first.getJobExecutionResult().get().getAllAccumulatorResults());
    Configuration again = backend(change.laterBackend);
    again.set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint);
    JobClient second = job.start(change.laterParallelism, again, RateLimiterStrategy.noOp());
    results.add(second.getJobExecutionResult().get().getAllAccumulatorResults());
    return results;
  }

  private static Configuration backend(String name) {
    return new Configuration().set(StateBackendOptions.STATE_BACKEND, name);
  }
}
