package io.plumbline.jobs.app;

import io.plumbline.jobs.backfill.Backfill;
import io.plumbline.jobs.backfill.BackfillRequest;
import io.plumbline.jobs.observations.ObservationOptions;
import io.plumbline.jobs.table.TableFormat;
import io.plumbline.time.Knowledge;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code backfill}: a training table from the lake. */
@Command(
    name = "backfill",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Makes a training table: for each observation, what every feature was at its time.",
      "The same input gives the same rows, in either runtime."
    })
public final class BackfillCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(names = "--defs", required = true, description = "folder of definitions")
  private Path definitions;

  @Option(names = "--lake", required = true, description = "folder of the lake")
  private Path lake;

  @Option(
      names = "--observations",
      required = true,
      description = "rows of keys and a time: Parquet, CSV or JSON lines")
  private Path observations;

  @Option(names = "--out", required = true, description = "folder of training tables")
  private Path out;

  @Option(names = "--service", description = "whose features; all if none is named")
  private String service;

  @Option(names = "--name", description = "of the table; the service, or 'features'")
  private String name;

  @Option(names = "--snapshot", description = "name of the snapshot; the time if none is given")
  private String snapshot;

  @Option(
      names = "--timestamp",
      defaultValue = ObservationOptions.DEFAULT_TIMESTAMP_COLUMN,
      description = "column that says when an observation was made (${DEFAULT-VALUE})")
  private String timestamp;

  @Option(
      names = "--knowledge",
      defaultValue = "as-known",
      description = "as-known (default) or hindsight")
  private Knowledge knowledge;

  @Option(names = "--runtime", defaultValue = "batch", description = "batch (default) or streaming")
  private RuntimeExecutionMode runtime;

  @Option(names = "--format", defaultValue = "parquet", description = "parquet (default) or jsonl")
  private TableFormat format;

  @Option(
      names = "--all-partitions",
      description = "read all of the lake, not only what can matter; rejections count over it")
  private boolean allPartitions;

  @Option(
      names = "--allow-incomplete",
      description = "take observations after the time up to which the lake is complete")
  private boolean allowIncomplete;

  @Mixin private FlinkOptions flink;

  @Override
  public Integer call() {
    String table = name != null ? name : service != null ? service : "features";
    BackfillRequest request =
        new BackfillRequest(
            definitions,
            Optional.ofNullable(service),
            lake,
            observations,
            timestamp,
            out,
            table,
            Optional.ofNullable(snapshot),
            knowledge,
            allPartitions ? BackfillRequest.Scope.ALL : BackfillRequest.Scope.NEEDED,
            allowIncomplete
                ? BackfillRequest.Required.WHATEVER_IS_THERE
                : BackfillRequest.Required.COMPLETE,
            format);
    PrintWriter terminal = spec.commandLine().getOut();
    long started = System.nanoTime();
    StreamExecutionEnvironment env = flink.environment();
    Backfill.Result result = Backfill.run(request, env, runtime, new BackfillProgress(System.err));
    double seconds = (System.nanoTime() - started) / 1e9;
    terminal.printf(
        "%s: %,d rows, %d features, in %.1f s%n",
        result.snapshot(), result.manifest().rows(), result.manifest().features().size(), seconds);
    for (Map.Entry<String, Map<String, Long>> source : result.manifest().rejected().entrySet()) {
      terminal.printf("rejected of %s: %s%n", source.getKey(), counts(source.getValue()));
    }
    terminal.flush();
    return 0;
  }

  private static String counts(Map<String, Long> reasons) {
    return reasons.isEmpty()
        ? "none"
        : reasons.entrySet().stream()
            .map(r -> String.format("%,d %s", r.getValue(), r.getKey()))
            .collect(Collectors.joining(", "));
  }
}
