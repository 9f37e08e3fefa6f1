package io.plumbline.jobs.feature;

import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Leaves made buckets in state, where a {@link TimelineOperator} finds them, with counts and
 * knowledge time. Keyed by {@link KeyBucket#hash}; each hash comes once.
 */
public final class BucketWriter extends AbstractStreamOperator<Void>
    implements OneInputStreamOperator<KeyBucket, Void> {
  private static final long serialVersionUID = 1L;

  private final FeatureSet set;
  private final int entity;
  private final long knowledgeTime;

  private transient ValueState<KeyBucket> buckets;
  private transient TimelineMetrics counts;
  private transient KeptKnowledgeTime knowledge;

  /**
   * @param entity index among the feature set's entities
   * @param knowledgeTime up to which the buckets are settled, epoch ms
   */
  public BucketWriter(FeatureSet set, int entity, long knowledgeTime) {
    this.set = set;
    this.entity = entity;
    this.knowledgeTime = knowledgeTime;
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    counts = new TimelineMetrics(context.getOperatorStateStore());
    knowledge = new KeptKnowledgeTime(context.getOperatorStateStore());
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    counts.keep();
    knowledge.keep(knowledgeTime);
  }

  @Override
  public void open() throws Exception {
    super.open();
    String name = set.plans().entities().get(entity).entity();
    buckets =
        getRuntimeContext()
            .getState(
                new ValueStateDescriptor<>(
                    KeyBucket.STATE, FlowType.keyBuckets(set, name).serializer()));
  }

  @Override
  public void processElement(StreamRecord<KeyBucket> element) throws Exception {
    KeyBucket bucket = element.getValue();
    for (KeyState state : bucket.keys) {
      counts.pending(state.timeline.pending());
      counts.tiles(state.timeline.tiles());
    }
    buckets.update(bucket);
  }
}
