package io.plumbline.savepoints.bootstrap;

import io.plumbline.jobs.feature.FeatureSet;
import io.plumbline.jobs.feature.FlowType;
import io.plumbline.jobs.feature.KeyBucket;
import io.plumbline.savepoints.Savepoint;
import java.nio.file.Path;
import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.util.Collector;

/** Reads an entity's keys from a savepoint, a part after another, for other features. */
final class WrittenKeys implements FlatMapFunction<Integer, KeyBucket> {
  private static final long serialVersionUID = 1L;

  private final String savepoint;
  private final FeatureSet set;
  private final String entity;
  private final int parts;

  /**
   * @param set the features that the keys are to be kept for
   * @param parts into how many the savepoint is cut
   */
  WrittenKeys(Path savepoint, FeatureSet set, String entity, int parts) {
    this.savepoint = savepoint.toString();
    this.set = set;
    this.entity = entity;
    this.parts = parts;
  }

  @Override
  public void flatMap(Integer part, Collector<KeyBucket> out) {
    FlowType<KeyBucket> type = FlowType.keyBuckets(set, entity);
    try (Savepoint opened = Savepoint.open(Path.of(savepoint))) {
      opened
          .timelines(entity)
          .forEachBucket(part, parts, bucket -> out.collect(type.adopt(bucket)));
    }
  }
}
