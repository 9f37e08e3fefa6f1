package io.plumbline.jobs.app;

import io.plumbline.UserError;
import io.plumbline.jobs.observations.ObservationOptions;
import io.plumbline.jobs.redis.WriterOptions;
import io.plumbline.jobs.stream.Stream;
import io.plumbline.jobs.stream.StreamPlan;
import io.plumbline.jobs.stream.StreamRequest;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code stream}: the live job. */
@Command(
    name = "stream",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Keeps every feature in Redis, from events as they come in Kafka, until it is stopped.",
      "With two more topics, also answers observations: each with the row that a backfill",
      "would give it, once everything known by its time is in."
    })
public final class StreamCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(names = "--defs", required = true, description = "folder of definitions")
  private Path definitions;

  @Mixin private KafkaOptions kafka;
  @Mixin private RedisOptions redis;

  @Option(
      names = "--generation",
      defaultValue = "1",
      description = {
        "orders jobs that write the same entities (${DEFAULT-VALUE}): a higher one replaces",
        "what a lower one wrote, and shuts it out"
      })
  private long generation;

  @Option(
      names = "--name",
      description = "of the job, and of its consumer group; plumbline-<folder> unless given")
  private String name;

  @Option(names = "--observations-topic", description = "topic of observations, as JSON objects")
  private String observations;

  @Option(names = "--answers-topic", description = "topic that their answers go to")
  private String answers;

  @Option(
      names = "--timestamp",
      defaultValue = ObservationOptions.DEFAULT_TIMESTAMP_COLUMN,
      description = "field that says when an observation was made (${DEFAULT-VALUE})")
  private String timestamp;

  @Option(
      names = "--observation-delay",
      defaultValue = "1s",
      description = "how long an observation may take to reach its topic (${DEFAULT-VALUE})")
  private String delay;

  @Option(
      names = "--rejected-kept",
      defaultValue = "100000",
      description = "about how many rejected records of each source Redis keeps (${DEFAULT-VALUE})")
  private long rejectedKept;

  @Option(
      names = "--drop",
      split = ",",
      paramLabel = "FEATURE:vN",
      description = {
        "with --from: feature that the savepoint has and the definitions have not, whose history",
        "is to be lost; once for each, or with commas"
      })
  private Set<String> dropped = new LinkedHashSet<>();

  @Mixin private JobOptions job;

  @Override
  public Integer call() {
    if (rejectedKept < 0) {
      throw UserError.wrongCall("--rejected-kept is " + rejectedKept + "; write 0 or more");
    }
    String jobName =
        name == null ? "plumbline-" + definitions.toAbsolutePath().getFileName() : name;
    StreamRequest request =
        new StreamRequest(
            jobName,
            definitions,
            kafka.logs(jobName),
            WriterOptions.of(redis.settings(), generation),
            rejectedKept,
            asking(),
            dropped);
    StreamExecutionEnvironment env = job.environment();
    StreamPlan plan = Stream.define(request, env);
    Launch.describe(env, spec.root().commandLine().getParseResult().expandedArgs());
    return new RunningJob(job, spec.commandLine().getOut())
        .afterCancel(id -> Stream.release(plan, id))
        .run(
            env,
            request.name(),
            plan.set().plans().features().size()
                + " features of "
                + plan.set().plans().entities().size()
                + " entities, from "
                + String.join(", ", plan.set().plans().sources()));
  }

  private Optional<StreamRequest.Asking> asking() {
    if (observations == null && answers == null) {
      return Optional.empty();
    }
    if (observations == null || answers == null) {
      throw UserError.wrongCall("--observations-topic and --answers-topic go together; name both");
    }
    if (observations.equals(answers)) {
      throw UserError.wrongCall(
          "--observations-topic and --answers-topic are both " + answers + "; name two topics");
    }
    return Optional.of(
        new StreamRequest.Asking(
            observations,
            answers,
            timestamp,
            Options.duration("--observation-delay", delay).toMillis()));
  }
}
