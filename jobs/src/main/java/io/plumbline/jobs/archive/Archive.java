package io.plumbline.jobs.archive;

import io.plumbline.UserError;
import io.plumbline.definition.DefinitionBundle;
import io.plumbline.definition.Source;
import io.plumbline.jobs.pipeline.Takeover;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.core.execution.CheckpointingMode;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Copies logs into the lake for as long as it runs. */
public final class Archive {
  private Archive() {}

  /**
   * Starts the job.
   *
   * @param env where to run
   * @param logs where records come from
   * @throws UserError if the definitions are wrong or the lake cannot be written
   */
  public static JobClient start(
      ArchiveRequest request, StreamExecutionEnvironment env, ArchiveGraph.Logs logs)
      throws Exception {
    return env.executeAsync("archive " + String.join(", ", define(request, env, logs)));
  }

  /**
   * Adds the job to an environment.
   *
   * @return names of the sources that it archives
   * @throws UserError if the definitions or topics are wrong or the lake cannot be written
   */
  public static List<String> define(
      ArchiveRequest request, StreamExecutionEnvironment env, ArchiveGraph.Logs logs) {
    DefinitionBundle definitions = DefinitionBundle.read(request.definitions());
    List<Source> sources = sources(request, definitions);
    try {
      Files.createDirectories(request.lake());
    } catch (IOException e) {
      throw Failures.unwritable(request.lake(), e);
    }
    env.setRuntimeMode(RuntimeExecutionMode.STREAMING);
    env.enableCheckpointing(
        request.checkpointInterval().toMillis(), CheckpointingMode.EXACTLY_ONCE);
    Takeover.patiently(env.getConfiguration(), () -> logs.check(sources, List.of()));
    new ArchiveGraph(request, definitions, sources).define(env, logs);
    return sources.stream().map(Source::name).toList();
  }

  private static List<Source> sources(ArchiveRequest request, DefinitionBundle definitions) {
    List<Source> all = definitions.definitions().sources();
    List<Source> chosen = new ArrayList<>(all);
    TreeSet<String> unknown = new TreeSet<>(request.sources());
    all.forEach(s -> unknown.remove(s.name()));
    if (!unknown.isEmpty()) {
      throw UserError.wrongCall(
          "--source "
              + String.join(", ", unknown)
              + ": not in "
              + request.definitions()
              + ", which has "
              + all.stream().map(Source::name).collect(Collectors.joining(", ")));
    }
    chosen.removeIf(s -> !request.sources().isEmpty() && !request.sources().contains(s.name()));
    return chosen;
  }
}
