package io.plumbline.savepoints.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.state.api.OperatorIdentifier;
import org.apache.flink.state.api.OperatorTransformation;
import org.apache.flink.state.api.SavepointWriter;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.ExceptionUtils;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class StateWriterIT {
  @TempDir Path folder;

  static List<Throwable> failures() {
    return List.of(
        new IllegalStateException("no room for 500"), new OutOfMemoryError("no room for 500"));
  }

  @ParameterizedTest
  @MethodSource("failures")
  @Timeout(60)
  void saysWhyStateCouldNotBeWrittenAndDoesNotStandStill(Throwable failure) throws Exception {
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.createLocalEnvironment(1, new Configuration());
    SavepointWriter.newSavepoint(env, new HashMapStateBackend(), 4)
        .withOperator(
            OperatorIdentifier.forUid("failing"),
            OperatorTransformation.bootstrapWith(env.fromSequence(1, 1_000))
                .keyBy(number -> number, Types.LONG)
                .transform(
                    (timestamp, path) ->
                        new StateWriting<>(new Failing(failure), 0, timestamp, path)))
        .write(folder.toUri().toString());

    env.execute();

    assertThat(folder.resolve(StateWriter.FAILURE)).content().contains("no room for 500");
  }

  private static final class Failing extends AbstractStreamOperator<Void>
      implements OneInputStreamOperator<Long, Void> {
    private static final long serialVersionUID = 1L;

    private final Throwable failure;

    private Failing(Throwable failure) {
      this.failure = failure;
    }

    @Override
    public void processElement(StreamRecord<Long> element) {
      if (element.getValue() == 500) {
        ExceptionUtils.rethrow(failure);
      }
    }
  }
}
