package io.plumbline.bench.live;

import io.plumbline.jobs.kafka.KafkaSettings;
import io.plumbline.jobs.kafka.LogStart;
import io.plumbline.jobs.kafka.RegistrySettings;
import io.plumbline.jobs.redis.RedisSettings;
import io.plumbline.jobs.redis.WriterOptions;
import io.plumbline.jobs.stream.KafkaLogs;
import io.plumbline.jobs.stream.Stream;
import io.plumbline.jobs.stream.StreamRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** The live job in a process of its own, which prints a {@link Sample} now and then. */
public final class LiveJob {
  private static final long SAMPLE_MS = 250;
  private static final long REJECTED_KEPT = 100_000;

  private LiveJob() {}

  /**
   * @param arguments Kafka, Redis, definitions, state backend, folder of checkpoints, checkpoint
   *     interval in ms, parallelism, managed memory
   */
  public static void main(String[] arguments) throws Exception {
    StreamExecutionEnvironment env =
        LocalFlink.environment(
            new LocalFlink.Settings(
                arguments[3],
                Path.of(arguments[4]),
                Duration.ofMillis(Long.parseLong(arguments[5])),
                Integer.parseInt(arguments[6]),
                arguments[7]));
    KafkaLogs logs =
        new KafkaLogs(
            KafkaSettings.of(arguments[0]),
            RegistrySettings.none(),
            new LogStart.Earliest(),
            "bench");
    Stream.define(
        new StreamRequest(
            "bench",
            Path.of(arguments[2]),
            logs,
            WriterOptions.of(RedisSettings.at(arguments[1]), 1),
            REJECTED_KEPT,
            Optional.empty()),
        env);
    JobClient job = env.executeAsync("bench");
    CompletableFuture<?> end = job.getJobExecutionResult();
    while (true) {
      try {
        end.get(SAMPLE_MS, TimeUnit.MILLISECONDS);
        throw new IllegalStateException("the job has ended");
      } catch (TimeoutException e) {
        System.out.println(
            Sample.PREFIX + System.currentTimeMillis() + " " + Sampler.get().sample());
      }
    }
  }
}
