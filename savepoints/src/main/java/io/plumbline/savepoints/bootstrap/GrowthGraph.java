package io.plumbline.savepoints.bootstrap;

import io.plumbline.jobs.app.Places;
import io.plumbline.jobs.feature.Admitted;
import io.plumbline.jobs.feature.FeatureSet;
import io.plumbline.jobs.feature.FlowType;
import io.plumbline.jobs.feature.KeyBucket;
import io.plumbline.jobs.feature.Uids;
import io.plumbline.savepoints.Savepoint;
import io.plumbline.timeline.TimelinePlan;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.state.api.OperatorIdentifier;
import org.apache.flink.state.api.SavepointWriter;
import org.apache.flink.state.api.StateBootstrapTransformation;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * The Flink job: a savepoint and a lake in, a savepoint out. Timelines are those of the savepoint,
 * to which the history of the added features is put; everything else is left as it is.
 */
final class GrowthGraph {
  private final GrowthPlan plan;
  private final FeatureSet set;
  private final Map<String, StateBootstrapTransformation<?>> operators = new LinkedHashMap<>();

  GrowthGraph(GrowthPlan plan) {
    this.plan = plan;
    this.set = plan.evolution().set();
  }

  /**
   * Adds the job to an environment.
   *
   * @param savepoint folder of the savepoint to be made
   * @return uids of the operators whose state is written anew
   */
  List<String> define(StreamExecutionEnvironment env, Path savepoint) throws IOException {
    BootstrapGraph history = new BootstrapGraph(plan.added());
    Map<String, DataStream<Admitted>> admitted = history.admitted(env);
    Map<String, DataStream<KeyBucket>> added = history.buckets(env, admitted);
    List<TimelinePlan> entities = set.plans().entities();
    for (int e = 0; e < entities.size(); e++) {
      String entity = entities.get(e).entity();
      operators.put(
          Uids.timelines(entity),
          BootstrapGraph.timelines(
              keys(env, entity, added.get(entity)), set, e, plan.added().knowledgeTime()));
    }
    admitted.keySet().removeIf(plan.offsets()::containsKey);
    operators.putAll(history.duplicates(admitted));
    SavepointWriter writer =
        SavepointWriter.fromExistingSavepoint(
            env, Places.url(plan.request().from()), new EmbeddedRocksDBStateBackend());
    Set<String> replaced = new LinkedHashSet<>(plan.gone());
    replaced.addAll(operators.keySet());
    replaced.forEach(uid -> writer.removeOperator(OperatorIdentifier.forUid(uid)));
    try (Savepoint from = Savepoint.open(plan.request().from())) {
      from.copyRocksDbFiles(replaced, savepoint);
    }
    operators.forEach((uid, state) -> writer.withOperator(OperatorIdentifier.forUid(uid), state));
    writer.write(Places.url(savepoint));
    return List.copyOf(operators.keySet());
  }

  /** An entity's keys, once each. */
  private DataStream<KeyBucket> keys(
      StreamExecutionEnvironment env, String entity, DataStream<KeyBucket> added) {
    FlowType<KeyBucket> type = FlowType.keyBuckets(set, entity);
    List<DataStream<KeyBucket>> streams = new ArrayList<>();
    Integer parts = plan.parts().get(entity);
    if (parts != null) {
      streams.add(
          env.fromData(IntStream.range(0, parts).boxed().toList(), Types.INT)
              .setParallelism(1)
              .name("parts of " + entity)
              .rebalance()
              .flatMap(new WrittenKeys(plan.request().from(), set, entity, parts))
              .returns(type));
    }
    if (added != null) {
      streams.add(added.map(type::adopt).returns(type));
    }
    return streams.stream()
        .reduce((a, b) -> a.union(b))
        .orElseThrow()
        .keyBy(KeyBucket::hash, Types.LONG)
        .reduce(KeyBucket::join);
  }
}
