package io.plumbline.jobs.feature;

import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/** Brings the answers of several entities to one observation together. Keyed by row. */
public final class RowJoin extends KeyedProcessFunction<Long, Answer, Answered> {
  private static final long serialVersionUID = 1L;

  private final FeatureSet set;
  private final int entities;
  private transient ListState<Answer> answers;
  private transient Codecs.Codec<Answer> codec;

  public RowJoin(FeatureSet set) {
    this.set = set;
    this.entities = set.plans().entities().size();
  }

  @Override
  public void open(OpenContext context) {
    FlowType<Answer> type = FlowType.answers(set);
    codec = type.codec();
    answers =
        getRuntimeContext().getListState(new ListStateDescriptor<>("answers", type.serializer()));
  }

  @Override
  public void processElement(Answer answer, Context context, Collector<Answered> out)
      throws Exception {
    answers.add(answer);
    Object[][] values = new Object[entities][];
    byte[] payload = null;
    int there = 0;
    for (Answer kept : answers.get()) {
      Answer part = codec.adopt(kept);
      if (payload == null || part.payload().length > payload.length) {
        payload = part.payload();
      }
      if (part.entity() != Answer.OF_NONE) {
        values[part.entity()] = part.values();
        there++;
      }
    }
    if (there == entities) {
      out.collect(new Answered(answer.row(), values, payload));
      answers.clear();
    }
  }
}
