package io.plumbline.jobs.feature;

import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.util.Collector;

/** Asks one entity's timelines what an observation wants to know. */
public final class QuestionSignals implements FlatMapFunction<Asked, Signal> {
  private static final long serialVersionUID = 1L;

  /**
   * No event has a key that begins so, for a percent sign in a key is always the start of an
   * encoded character: what is asked of it has no answer, and the defaults are taken. The row's
   * number follows, so that no subtask answers all of them.
   */
  private static final String NOBODY = "%:";

  private static final byte[] NO_PAYLOAD = {};

  private final int entity;

  /**
   * @param entity index among the feature set's entities
   */
  public QuestionSignals(int entity) {
    this.entity = entity;
  }

  @Override
  public void flatMap(Asked asked, Collector<Signal> out) {
    String key = asked.keys()[entity];
    byte[] payload = entity == 0 ? asked.payload() : NO_PAYLOAD;
    Question question = new Question(asked.row(), asked.at(), payload);
    out.collect(Signal.of(key == null ? NOBODY + asked.row() : key, question));
  }
}
