package io.plumbline.jobs.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.plumbline.jobs.feature.TimelineOperator;
import io.plumbline.time.Knowledge;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every case, as-known, from a log that is alive: partitions interleave, arrivals are shuffled
 * within what the log allows, and knowledge time follows them.
 */
class StreamingArrivalsIT {
  @RegisterExtension
  static final MiniClusterExtension CLUSTER =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setConfiguration(configuration())
              .setNumberTaskManagers(1)
              .setNumberSlotsPerTaskManager(4)
              .build());

  /** Little is under way at once, so that what waits waits for knowledge, not for the network. */
  private static Configuration configuration() {
    Configuration configuration = new Configuration();
    configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
    configuration.set(TaskManagerOptions.MEMORY_SEGMENT_SIZE, MemorySize.parse("4k"));
    return configuration;
  }

  static List<ConformanceCase> cases() throws IOException {
    return ConformanceCase.all();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void arrivalsInAnyOrderGiveTheExpectedRows(ConformanceCase one) throws Exception {
    for (long seed = 1; seed <= 2; seed++) {
      peakOf(one, seed, 4);
    }
    long leastPeak = Long.MAX_VALUE;
    long far = new LiveJob(one, 1).arrivals() / 4;
    // The network may hold back one of a task's inputs, so that events wait for no other reason.
    for (long seed = 1; seed <= 2 || leastPeak >= far && seed <= 6; seed++) {
      leastPeak = Math.min(leastPeak, peakOf(one, seed, 1));
    }
    if (far > 25) {
      assertThat(leastPeak).as("events that wait, of %s", one).isLessThan(far);
    }
  }

  /** Runs a job, holds what it gives against the case, and returns how many events waited. */
  private static long peakOf(ConformanceCase one, long seed, int parallelism) throws Exception {
    LiveJob job = new LiveJob(one, seed);
    String run = one + ", parallelism " + parallelism + ", seed " + seed;
    Map<String, Object> result =
        job.start(parallelism, new Configuration(), RateLimiterStrategy.noOp())
            .getJobExecutionResult()
            .get()
            .getAllAccumulatorResults();
    one.check(job.rows(List.of(result)), Knowledge.AS_KNOWN);
    assertThat(job.rejected(List.of(result))).as(run).isEqualTo(one.rejectedInLog());
    long highest = 0;
    for (String entity : job.entities()) {
      assertThat(result.get(TimelineOperator.UNSETTLED + "-" + entity)).as(run).isEqualTo(0L);
      long peak = (Long) result.get(TimelineOperator.PENDING_PEAK + "-" + entity);
      System.out.printf(
          "%s: of %,d arrivals at most %,d events of %s in a task were pending%n",
          run, job.arrivals(), peak, entity);
      highest = Math.max(highest, peak);
    }
    return highest;
  }
}
