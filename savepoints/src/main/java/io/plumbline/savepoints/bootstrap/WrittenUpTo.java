package io.plumbline.savepoints.bootstrap;

import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.state.api.functions.StateBootstrapFunction;

/**
 * State of the operator that has everything written to Redis again: a job that starts from it knows
 * that Redis lacks keys of its own, and that what Redis has of earlier times is a leftover.
 */
final class WrittenUpTo extends StateBootstrapFunction<Long> {
  private static final long serialVersionUID = 1L;

  private transient ListState<Long> knowledgeTime;

  @Override
  public void initializeState(FunctionInitializationContext context) throws Exception {
    knowledgeTime =
        context
            .getOperatorStateStore()
            .getListState(new ListStateDescriptor<>("knowledge-time", LongSerializer.INSTANCE));
  }

  @Override
  public void processElement(Long time, Context context) throws Exception {
    knowledgeTime.add(time);
  }

  @Override
  public void snapshotState(FunctionSnapshotContext context) {}
}
