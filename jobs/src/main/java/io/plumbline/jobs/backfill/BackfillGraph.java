package io.plumbline.jobs.backfill;

import io.plumbline.jobs.feature.Admitted;
import io.plumbline.jobs.feature.Asked;
import io.plumbline.jobs.feature.Exchange;
import io.plumbline.jobs.feature.FeatureSet;
import io.plumbline.jobs.feature.FlowType;
import io.plumbline.jobs.feature.InputOrder;
import io.plumbline.jobs.feature.Uids;
import io.plumbline.jobs.lake.LakeFile;
import io.plumbline.jobs.lake.LakePlan;
import io.plumbline.jobs.lake.LakeSplit;
import io.plumbline.jobs.pipeline.FeaturePipeline;
import io.plumbline.jobs.pipeline.HourMarks;
import io.plumbline.jobs.pipeline.LakeRecords;
import io.plumbline.jobs.pipeline.ObservationKeys;
import io.plumbline.jobs.pipeline.ObservationRows;
import io.plumbline.jobs.pipeline.TableParts;
import io.plumbline.jobs.pipeline.TableRows;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.connector.file.sink.FileSink;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.filesystem.OutputFileConfig;
import org.apache.flink.streaming.api.functions.sink.filesystem.bucketassigners.BasePathBucketAssigner;
import org.apache.flink.streaming.api.functions.sink.filesystem.rollingpolicies.OnCheckpointRollingPolicy;

/** The backfill's Flink job: the lake and the observations in, a training table out. */
final class BackfillGraph {
  /** Files are cut into parts of about this size, or smaller where there is little to read. */
  private static final long SPLIT_BYTES = 16L << 20;

  private final BackfillPlan plan;
  private final InputOrder order;

  BackfillGraph(BackfillPlan plan, InputOrder order) {
    this.plan = plan;
    this.order = order;
  }

  /**
   * Adds the job to an environment.
   *
   * @param parts folder for the table's part files
   */
  void define(StreamExecutionEnvironment env, Path parts) {
    Map<String, DataStream<Admitted>> admitted = new HashMap<>();
    plan.lake().forEach((source, lake) -> admitted.put(source, records(env, source, lake)));
    FeatureSet set = plan.set();
    OutputFileConfig files =
        OutputFileConfig.builder()
            .withPartPrefix("part")
            .withPartSuffix("." + plan.request().format().extension())
            .build();
    new FeaturePipeline(set, exchange(env))
        .answers(admitted, observations(env))
        .transform("table rows", FlowType.rows(set), new TableRows(set, plan.table()))
        .uid(Uids.finish())
        .sinkTo(
            FileSink.forBulkFormat(
                    new org.apache.flink.core.fs.Path(parts.toUri()),
                    new TableParts(plan.table(), plan.request().format()))
                .withBucketAssigner(new BasePathBucketAssigner<>())
                .withRollingPolicy(OnCheckpointRollingPolicy.build())
                .withOutputFileConfig(files)
                .build())
        .uid(Uids.table())
        .name("table");
  }

  private Exchange exchange(StreamExecutionEnvironment env) {
    long objects = plan.observations().summary().rows();
    for (LakePlan lake : plan.lake().values()) {
      objects += lake.rows();
    }
    return order == InputOrder.ARRIVAL
        ? Exchange.streaming()
        : Exchange.batch(objects, env.getParallelism());
  }

  private DataStream<Admitted> records(
      StreamExecutionEnvironment env, String source, LakePlan lake) {
    List<LakeSplit> splits = new ArrayList<>();
    List<Long> firstIngestedAt = new ArrayList<>();
    long bytes =
        Math.max(1 << 20, Math.min(SPLIT_BYTES, lake.bytes() / (4L * env.getParallelism())));
    lake.files().stream()
        .sorted(Comparator.comparingLong(LakeFile::minIngestedAt))
        .forEach(
            file ->
                file.splits(bytes)
                    .forEach(
                        split -> {
                          splits.add(split);
                          firstIngestedAt.add(file.minIngestedAt());
                        }));
    DataStream<Integer> numbers = numbers(env, splits.size(), Uids.records(source));
    if (order == InputOrder.ARRIVAL) {
      long[] first = firstIngestedAt.stream().mapToLong(Long::longValue).toArray();
      numbers =
          numbers
              .transform("hours of " + source, Types.INT, new HourMarks(first))
              .setParallelism(1)
              .uid(Uids.hours(source));
    }
    return numbers
        .rebalance()
        .transform(
            source + " records",
            FlowType.admitted(plan.set(), source),
            new LakeRecords(plan.set(), source, splits))
        .uid(Uids.intake(source));
  }

  private DataStream<Asked> observations(StreamExecutionEnvironment env) {
    int[] keyCounts = ObservationKeys.counts(plan.set().plans());
    int splits = order == InputOrder.ARRIVAL ? 1 : plan.observations().splits().size();
    return numbers(env, splits, Uids.observations() + "-splits")
        .rebalance()
        .transform(
            "observations",
            FlowType.asked(plan.set()),
            new ObservationRows(plan.observations(), keyCounts, order))
        .setParallelism(order == InputOrder.ARRIVAL ? 1 : env.getParallelism())
        .uid(Uids.observations());
  }

  /** Numbers of splits, in order; {@link LakeRecords#NOTHING} where there are none. */
  private static DataStream<Integer> numbers(
      StreamExecutionEnvironment env, int count, String uid) {
    List<Integer> numbers =
        count == 0 ? List.of(LakeRecords.NOTHING) : IntStream.range(0, count).boxed().toList();
    return env.fromData(numbers, Types.INT).setParallelism(1).uid(uid).name(uid);
  }
}
