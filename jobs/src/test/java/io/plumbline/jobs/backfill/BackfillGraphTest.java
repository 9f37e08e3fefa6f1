package io.plumbline.jobs.backfill;

import static org.assertj.core.api.Assertions.assertThat;

import io.plumbline.definition.DefinitionLoader;
import io.plumbline.definition.Source;
import io.plumbline.jobs.app.Plumbline;
import io.plumbline.jobs.feature.InputOrder;
import io.plumbline.jobs.generator.EventGenerator;
import io.plumbline.jobs.generator.GeneratorOptions;
import io.plumbline.jobs.generator.LogFiles;
import io.plumbline.jobs.generator.ShippedSet;
import io.plumbline.jobs.observations.ObservationOptions;
import io.plumbline.jobs.table.TableFormat;
import io.plumbline.time.Knowledge;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.apache.flink.streaming.api.graph.StreamNode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BackfillGraphTest {
  @TempDir private Path temporary;

  @ParameterizedTest
  @EnumSource(ShippedSet.class)
  void namesEveryOperatorOnceAndLeavesNothingToKryo(ShippedSet set) throws IOException {
    BackfillPlan plan = plan(set);
    for (InputOrder order : InputOrder.values()) {
      StreamGraph graph = graph(plan, order);
      assertThat(graph.getStreamNodes())
          .as("%s %s", set, order)
          .extracting(StreamNode::getTransformationUID)
          .doesNotContainNull()
          .doesNotHaveDuplicates();
    }
  }

  private StreamGraph graph(BackfillPlan plan, InputOrder order) {
    Configuration strict = new Configuration();
    strict.set(PipelineOptions.AUTO_GENERATE_UIDS, false);
    strict.set(PipelineOptions.GENERIC_TYPES, false);
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(strict);
    env.setRuntimeMode(
        switch (order) {
          case BY_BUCKET -> RuntimeExecutionMode.BATCH;
          case ARRIVAL -> RuntimeExecutionMode.STREAMING;
        });
    new BackfillGraph(plan, order).define(env, temporary.resolve("parts"));
    return env.getStreamGraph();
  }

  private BackfillPlan plan(ShippedSet set) throws IOException {
    Path definitions = Path.of("..", "feature-defs", "sets", set.folder());
    Path log = temporary.resolve("log");
    Path lake = temporary.resolve("lake");
    GeneratorOptions few =
        GeneratorOptions.defaults().withSchedule(new GeneratorOptions.Schedule(0, 500, 10));
    LogFiles.write(EventGenerator.of(set.folder(), few), 10, log);
    for (Source source : DefinitionLoader.load(definitions).sources()) {
      importLog(definitions, source.name(), log, lake);
    }
    return BackfillPlan.of(
        new BackfillRequest(
            definitions,
            Optional.empty(),
            lake,
            log.resolve("observations.jsonl"),
            ObservationOptions.DEFAULT_TIMESTAMP_COLUMN,
            temporary.resolve("out"),
            "features",
            Optional.empty(),
            Knowledge.AS_KNOWN,
            BackfillRequest.Scope.ALL,
            BackfillRequest.Required.WHATEVER_IS_THERE,
            TableFormat.PARQUET));
  }

  private void importLog(Path definitions, String source, Path log, Path lake) {
    int exit =
        Plumbline.commandLine()
            .execute(
                "import",
                "--defs",
                definitions.toString(),
                "--source",
                source,
                "--input",
                log.resolve(source + ".jsonl").toString(),
                "--lake",
                lake.toString(),
                "--rejects",
                temporary.resolve(source + ".rejects.jsonl").toString());
    assertThat(exit).isZero();
  }
}
