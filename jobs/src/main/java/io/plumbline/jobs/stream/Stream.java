package io.plumbline.jobs.stream;

import io.plumbline.UserError;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** The live job: features in Redis that are right within a fraction of a second, and stay right. */
public final class Stream {
  private Stream() {}

  /**
   * Looks at everything that the request names, and adds the job to an environment.
   *
   * @return what will run
   * @throws UserError if it cannot
   */
  public static StreamPlan define(StreamRequest request, StreamExecutionEnvironment env) {
    StreamPlan plan = StreamPlan.of(request);
    env.setRuntimeMode(RuntimeExecutionMode.STREAMING);
    new StreamGraph(plan).define(env);
    return plan;
  }
}
