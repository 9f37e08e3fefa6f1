package io.plumbline.jobs.app;

import io.plumbline.UserError;
import io.plumbline.jobs.archive.Archive;
import io.plumbline.jobs.archive.ArchiveRequest;
import io.plumbline.jobs.kafka.LogStart;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.Callable;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code archive}: Kafka into the lake. */
@Command(
    name = "archive",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Copies every record of the sources' topics into the lake, each once, until it is stopped.",
      "Records that cannot be decoded are kept as well, byte by byte."
    })
public final class ArchiveCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(names = "--defs", required = true, description = "folder of definitions")
  private Path definitions;

  @Mixin private KafkaOptions kafka;

  @Option(names = "--lake", required = true, description = "folder of the lake")
  private Path lake;

  @Option(names = "--source", description = "only this source; may be repeated; all unless given")
  private Set<String> sources = Set.of();

  @Option(
      names = "--roll-size",
      defaultValue = "128m",
      description = "size of a partition's records that makes a file (${DEFAULT-VALUE})")
  private String rollSize;

  @Option(
      names = "--roll-interval",
      defaultValue = "5m",
      description = "how long a record may wait before it is in a file (${DEFAULT-VALUE})")
  private String rollInterval;

  @Option(
      names = "--name",
      description =
          "of the job, and of its consumer group; plumbline-archive-<folder> unless given")
  private String name;

  @Mixin private JobOptions job;

  @Override
  public Integer call() {
    if (lake.toString().contains("://")) {
      throw UserError.wrongCall("--lake " + lake + ": write a folder that every worker can reach");
    }
    if (!(kafka.start() instanceof LogStart.Earliest)) {
      throw UserError.wrongCall(
          "--start: an archive begins with the earliest record; what the lake holds already is left"
              + " out");
    }
    String jobName =
        name == null ? "plumbline-archive-" + definitions.toAbsolutePath().getFileName() : name;
    ArchiveRequest request =
        new ArchiveRequest(
            definitions,
            sources,
            lake,
            Options.memory("--roll-size", rollSize).getBytes(),
            Options.duration("--roll-interval", rollInterval),
            job.checkpointInterval());
    StreamExecutionEnvironment env = job.environment();
    Archive.define(request, env, kafka.logs(jobName));
    return new RunningJob(job, spec.commandLine().getOut())
        .run(env, jobName, "into " + request.lake());
  }
}
