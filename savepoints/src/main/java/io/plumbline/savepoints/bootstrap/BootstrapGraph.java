package io.plumbline.savepoints.bootstrap;

import io.plumbline.definition.Source;
import io.plumbline.jobs.admission.Deduplication;
import io.plumbline.jobs.app.Places;
import io.plumbline.jobs.feature.Admitted;
import io.plumbline.jobs.feature.BucketWriter;
import io.plumbline.jobs.feature.Exchange;
import io.plumbline.jobs.feature.FeatureSet;
import io.plumbline.jobs.feature.FlowType;
import io.plumbline.jobs.feature.KeyBucket;
import io.plumbline.jobs.feature.Packing;
import io.plumbline.jobs.feature.Parcel;
import io.plumbline.jobs.feature.SeenIds;
import io.plumbline.jobs.feature.Uids;
import io.plumbline.jobs.lake.LakeCut;
import io.plumbline.jobs.lake.LakePlan;
import io.plumbline.jobs.lake.LakeSplit;
import io.plumbline.jobs.pipeline.FeaturePipeline;
import io.plumbline.jobs.pipeline.LakeRecords;
import io.plumbline.time.TileGrid;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.state.api.OperatorIdentifier;
import org.apache.flink.state.api.OperatorTransformation;
import org.apache.flink.state.api.SavepointWriter;
import org.apache.flink.state.api.StateBootstrapTransformation;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * The Flink job: a lake in, a savepoint out. First copies become timelines as in a backfill, one
 * bucket of keys after another, and are written as the live job's operators keep them. The ids that
 * copies can still come of go through the live job's own operator.
 */
final class BootstrapGraph {
  /** Files are cut into parts of about this size, or smaller where there is little to read. */
  private static final long SPLIT_BYTES = 16L << 20;

  private final BootstrapPlan plan;
  private final FeatureSet set;
  private final Map<String, StateBootstrapTransformation<?>> operators = new LinkedHashMap<>();

  BootstrapGraph(BootstrapPlan plan) {
    this.plan = plan;
    this.set = plan.set();
  }

  /**
   * Adds the job to an environment.
   *
   * @param savepoint folder of the savepoint
   * @param maxParallelism key groups
   * @return uids of the operators that the savepoint holds
   */
  List<String> define(StreamExecutionEnvironment env, Path savepoint, int maxParallelism) {
    Map<String, DataStream<Admitted>> admitted = admitted(env);
    int entity = 0;
    for (Map.Entry<String, DataStream<KeyBucket>> of : buckets(env, admitted).entrySet()) {
      operators.put(
          Uids.timelines(of.getKey()),
          timelines(of.getValue(), set, entity++, plan.knowledgeTime()));
    }
    operators.putAll(duplicates(admitted));
    operators.put(
        Uids.rewriteRequests(),
        OperatorTransformation.bootstrapWith(
                env.fromData(List.of(plan.knowledgeTime()), Types.LONG).setParallelism(1))
            .transform(new WrittenUpTo()));
    SavepointWriter writer =
        SavepointWriter.newSavepoint(env, new EmbeddedRocksDBStateBackend(), maxParallelism);
    operators.forEach((uid, state) -> writer.withOperator(OperatorIdentifier.forUid(uid), state));
    writer.write(Places.url(savepoint));
    return List.copyOf(operators.keySet());
  }

  /** Records of each source before its cut. */
  Map<String, DataStream<Admitted>> admitted(StreamExecutionEnvironment env) {
    Map<String, DataStream<Admitted>> admitted = new HashMap<>();
    plan.sources().forEach((name, history) -> admitted.put(name, records(env, name, history)));
    return admitted;
  }

  /** What a live job would keep of each entity's keys. */
  Map<String, DataStream<KeyBucket>> buckets(
      StreamExecutionEnvironment env, Map<String, DataStream<Admitted>> admitted) {
    return new FeaturePipeline(set, exchange(env)).buckets(admitted, plan.knowledgeTime());
  }

  /** The ids that copies can still come of, by uid. */
  Map<String, StateBootstrapTransformation<?>> duplicates(
      Map<String, DataStream<Admitted>> admitted) {
    Map<String, StateBootstrapTransformation<?>> duplicates = new LinkedHashMap<>();
    admitted.forEach(
        (name, records) -> {
          Source source = set.plans().definitions().source(name);
          if (source.eventId().isPresent()) {
            duplicates.put(Uids.duplicates(name), duplicates(records, source));
          }
        });
    return duplicates;
  }

  /** State of an entity's timelines. */
  static StateBootstrapTransformation<KeyBucket> timelines(
      DataStream<KeyBucket> buckets, FeatureSet set, int entity, long knowledgeTime) {
    BucketWriter writer = new BucketWriter(set, entity, knowledgeTime);
    return OperatorTransformation.bootstrapWith(buckets)
        .keyBy(KeyBucket::hash, Types.LONG)
        .transform((timestamp, path) -> new StateWriting<>(writer, knowledgeTime, timestamp, path));
  }

  /** Those ids alone that knowledge time has not let go. */
  private StateBootstrapTransformation<Parcel<Admitted>> duplicates(
      DataStream<Admitted> records, Source source) {
    long knowledgeTime = plan.knowledgeTime();
    long latenessMs = source.latenessMs();
    Deduplication operator = new Deduplication(set, source);
    FlowType<Admitted> type = FlowType.admitted(set, source.name());
    DataStream<Parcel<Admitted>> copies =
        records
            .filter(r -> TileGrid.saturatedAdd(SeenIds.end(r), latenessMs) > knowledgeTime)
            .transform(
                "parcels",
                type.parcels(),
                new Packing<>(type, SeenIds::group, Exchange.streaming()));
    return OperatorTransformation.bootstrapWith(copies)
        .keyBy(Parcel::group, Types.LONG)
        .transform(
            (timestamp, path) -> new StateWriting<>(operator, knowledgeTime, timestamp, path));
  }

  private Exchange exchange(StreamExecutionEnvironment env) {
    long rows = plan.sources().values().stream().mapToLong(h -> h.files().rows()).sum();
    return Exchange.batch(rows, env.getParallelism());
  }

  private DataStream<Admitted> records(
      StreamExecutionEnvironment env, String source, BootstrapPlan.History history) {
    LakePlan files = history.files();
    long bytes =
        Math.max(1 << 20, Math.min(SPLIT_BYTES, files.bytes() / (4L * env.getParallelism())));
    List<LakeSplit> splits = files.splits(bytes);
    List<Integer> numbers =
        splits.isEmpty()
            ? List.of(LakeRecords.NOTHING)
            : IntStream.range(0, splits.size()).boxed().toList();
    HashMap<Integer, Long> cut = new HashMap<>(history.cut().offsets());
    long untilMs = plan.request().untilMs();
    return env.fromData(numbers, Types.INT)
        .setParallelism(1)
        .name("files of " + source)
        .rebalance()
        .transform(
            source + " records",
            FlowType.admitted(set, source),
            new LakeRecords(
                set,
                source,
                new ArrayList<>(splits),
                (partition, offset, ingestedAt) ->
                    LakeCut.isBefore(cut, untilMs, partition, offset, ingestedAt)));
  }
}
