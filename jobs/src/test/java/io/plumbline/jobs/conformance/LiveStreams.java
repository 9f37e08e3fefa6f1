package io.plumbline.jobs.conformance;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plumbline.jobs.admission.Intake;
import io.plumbline.jobs.admission.Reason;
import io.plumbline.jobs.admission.RejectionCounts;
import io.plumbline.jobs.decode.JsonDecoder;
import io.plumbline.jobs.decode.Malformed;
import io.plumbline.jobs.feature.Admitted;
import io.plumbline.jobs.feature.Answered;
import io.plumbline.jobs.feature.Asked;
import io.plumbline.jobs.feature.FeatureSet;
import io.plumbline.jobs.feature.FlowType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;
import org.apache.flink.api.common.accumulators.ListAccumulator;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputViewStreamWrapper;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/** What stands around a pipeline that reads a live log: decoding, admission, and taking down. */
final class LiveStreams {
  private LiveStreams() {}

  /** Decodes and admits the events of one source. */
  static final class Events extends ProcessFunction<Arrival, Admitted> {
    private static final long serialVersionUID = 1L;

    private final FeatureSet set;
    private final String source;
    private transient JsonDecoder decoder;
    private transient Intake intake;
    private transient Map<Reason, LongCounter> rejected;

    Events(FeatureSet set, String source) {
      this.set = set;
      this.source = source;
    }

    @Override
    public void open(OpenContext context) {
      rejected = new EnumMap<>(Reason.class);
      for (Reason reason : Reason.values()) {
        if (reason != Reason.DUPLICATE) {
          LongCounter counter = new LongCounter();
          getRuntimeContext().addAccumulator(RejectionCounts.name(source, reason), counter);
          rejected.put(reason, counter);
        }
      }
      decoder = new JsonDecoder(set.plans().definitions().source(source).schema());
      intake =
          new Intake(
              set,
              source,
              new Intake.Listener() {
                @Override
                public void rejected(Reason reason, java.util.OptionalLong sentTime) {
                  count(reason);
                }

                @Override
                public void failed(String featureId) {}
              });
    }

    private void count(Reason reason) {
      rejected.get(reason).add(1);
    }

    @Override
    public void processElement(Arrival arrival, Context context, Collector<Admitted> out) {
      try {
        ObjectNode payload = JsonDecoder.parse(arrival.value());
        intake
            .take(decoder.decode(payload), arrival.at(), arrival.partition(), arrival.offset())
            .ifPresent(out::collect);
      } catch (Malformed e) {
        count(Reason.MALFORMED);
      }
    }
  }

  /** Takes observations out of the log. */
  static final class Observations extends ProcessFunction<Arrival, Asked> {
    private static final long serialVersionUID = 1L;

    private final FeatureSet set;

    Observations(FeatureSet set) {
      this.set = set;
    }

    @Override
    public void processElement(Arrival arrival, Context context, Collector<Asked> out)
        throws IOException {
      DataInputDeserializer bytes = new DataInputDeserializer(arrival.value());
      out.collect(FlowType.asked(set).serializer().deserialize(bytes));
    }
  }

  /** Takes answers down in an accumulator. */
  static final class Record extends ProcessFunction<Answered, Boolean> {
    private static final long serialVersionUID = 1L;

    /** Accumulator: answers as the pipeline serializes them. */
    static final String ANSWERS = "answers";

    private final FeatureSet set;
    private transient ListAccumulator<byte[]> answers;

    Record(FeatureSet set) {
      this.set = set;
    }

    @Override
    public void open(OpenContext context) {
      answers = new ListAccumulator<>();
      getRuntimeContext().addAccumulator(ANSWERS, answers);
    }

    @Override
    public void processElement(Answered answered, Context context, Collector<Boolean> out)
        throws IOException {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      FlowType.answered(set)
          .serializer()
          .serialize(answered, new DataOutputViewStreamWrapper(bytes));
      answers.add(bytes.toByteArray());
    }
  }
}
