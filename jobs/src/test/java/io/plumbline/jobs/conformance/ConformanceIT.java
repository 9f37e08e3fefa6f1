package io.plumbline.jobs.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.plumbline.definition.DefinitionLoader;
import io.plumbline.definition.Definitions;
import io.plumbline.definition.Source;
import io.plumbline.jobs.app.Plumbline;
import io.plumbline.jobs.backfill.Backfill;
import io.plumbline.jobs.backfill.BackfillRequest;
import io.plumbline.jobs.table.TableFormat;
import io.plumbline.time.Knowledge;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every case by import and backfill: as-known and in hindsight, in both runtimes, at parallelism 1
 * and 4. The rows are the expected ones, and the tables of one case are equal by content hash.
 */
class ConformanceIT {
  @RegisterExtension
  static final MiniClusterExtension CLUSTER =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setConfiguration(configuration())
              .setNumberTaskManagers(1)
              .setNumberSlotsPerTaskManager(4)
              .build());

  private static Configuration configuration() {
    Configuration configuration = new Configuration();
    configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
    return configuration;
  }

  static List<ConformanceCase> cases() throws IOException {
    return ConformanceCase.all();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void importAndBackfillGiveTheExpectedRows(ConformanceCase one, @TempDir Path temporary)
      throws IOException {
    Path lake = temporary.resolve("lake");
    Definitions definitions = DefinitionLoader.load(one.definitions());
    for (Source source : definitions.sources()) {
      assertThat(importOf(one, source, lake, temporary)).isZero();
    }
    for (Knowledge knowledge : Knowledge.values()) {
      Set<String> hashes = new HashSet<>();
      for (RuntimeExecutionMode mode :
          List.of(RuntimeExecutionMode.BATCH, RuntimeExecutionMode.STREAMING)) {
        for (int parallelism : new int[] {1, 4}) {
          Backfill.Result result = backfill(one, lake, temporary, knowledge, mode, parallelism);
          one.check(ConformanceCase.rows(result.snapshot()), knowledge);
          assertThat(result.manifest().rejected()).isEqualTo(one.rejected(knowledge));
          hashes.add(result.manifest().contentHash());
        }
      }
      assertThat(hashes).as("content hashes of equal tables").hasSize(1);
    }
  }

  private static int importOf(ConformanceCase one, Source source, Path lake, Path temporary) {
    return Plumbline.commandLine()
        .execute(
            "import",
            "--defs",
            one.definitions().toString(),
            "--source",
            source.name(),
            "--input",
            one.events(source.name()).toString(),
            "--lake",
            lake.toString(),
            "--rejects",
            temporary.resolve(source.name() + ".rejects").toString());
  }

  private static Backfill.Result backfill(
      ConformanceCase one,
      Path lake,
      Path temporary,
      Knowledge knowledge,
      RuntimeExecutionMode mode,
      int parallelism) {
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
    env.setParallelism(parallelism);
    Configuration strict = new Configuration();
    strict.set(PipelineOptions.GENERIC_TYPES, false);
    strict.set(PipelineOptions.OBJECT_REUSE, true);
    env.configure(strict);
    BackfillRequest request =
        new BackfillRequest(
            one.definitions(),
            Optional.empty(),
            lake,
            one.observations(),
            "at",
            temporary.resolve("out"),
            "features",
            Optional.empty(),
            knowledge,
            BackfillRequest.Scope.ALL,
            BackfillRequest.Required.COMPLETE,
            TableFormat.JSON_LINES);
    return Backfill.run(request, env, mode, (plan, job) -> {});
  }
}
