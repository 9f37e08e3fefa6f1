package io.plumbline.savepoints.bootstrap;

import org.apache.flink.core.fs.Path;
import org.apache.flink.state.api.output.TaggedOperatorSubtaskState;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.AbstractStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.SimpleOperatorFactory;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;

/**
 * Lets an operator fill its state, of which a snapshot is taken at the end of input. What it gives
 * away is dropped.
 */
final class StateWriting<
        IN, OUT, OP extends AbstractStreamOperator<OUT> & OneInputStreamOperator<IN, OUT>>
    extends AbstractStreamOperatorFactory<TaggedOperatorSubtaskState> {
  private static final long serialVersionUID = 1L;

  private final OP operator;
  private final long knowledgeTime;
  private final long timestamp;
  private final Path savepoint;

  /**
   * @param knowledgeTime that has passed before the first record, epoch ms
   * @param timestamp of the snapshot
   * @param savepoint its folder
   */
  StateWriting(OP operator, long knowledgeTime, long timestamp, Path savepoint) {
    this.operator = operator;
    this.knowledgeTime = knowledgeTime;
    this.timestamp = timestamp;
    this.savepoint = savepoint;
  }

  @Override
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  public <T extends StreamOperator<TaggedOperatorSubtaskState>> T createStreamOperator(
      StreamOperatorParameters<TaggedOperatorSubtaskState> parameters) {
    OP filled =
        SimpleOperatorFactory.of(operator)
            .createStreamOperator(
                new StreamOperatorParameters<>(
                    parameters.getContainingTask(),
                    parameters.getStreamConfig(),
                    new Dropped<>(),
                    parameters::getProcessingTimeService,
                    parameters.getOperatorEventDispatcher(),
                    parameters.getMailboxExecutor()));
    return (T)
        new StateWriter<IN, OUT, OP>(
            filled,
            knowledgeTime,
            new StateWriter.Target(
                savepoint, timestamp, parameters.getContainingTask(), parameters.getOutput()));
  }

  @Override
  @SuppressWarnings("rawtypes")
  public Class<? extends StreamOperator> getStreamOperatorClass(ClassLoader loader) {
    return StateWriter.class;
  }
}
