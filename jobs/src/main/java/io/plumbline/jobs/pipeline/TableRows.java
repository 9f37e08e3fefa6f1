package io.plumbline.jobs.pipeline;

import io.plumbline.jobs.feature.Answered;
import io.plumbline.jobs.feature.FeatureSet;
import io.plumbline.jobs.table.FinishedRow;
import io.plumbline.jobs.table.TableProfile;
import io.plumbline.jobs.table.TableSchema;
import io.plumbline.jobs.table.TrainingRow;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import org.apache.flink.api.common.accumulators.ListAccumulator;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/** Finishes the rows of a training table, and profiles them on their way to it. */
public final class TableRows extends AbstractStreamOperator<TrainingRow>
    implements OneInputStreamOperator<Answered, TrainingRow>, BoundedOneInput {
  private static final long serialVersionUID = 1L;

  /** Accumulator: rows written. */
  public static final String ROWS = "rows-written";

  /** Accumulator: profiles of the subtasks' rows, as {@link TableProfile#write} writes them. */
  public static final String PROFILES = "profiles";

  private static final int ROWS_A_COUNT = 1_000;

  private final FeatureSet set;
  private final TableSchema schema;
  private transient FeatureFinisher finisher;
  private transient TableProfile profile;
  private transient LongCounter rows;
  private transient ListAccumulator<byte[]> profiles;
  private transient int uncounted;

  public TableRows(FeatureSet set, TableSchema schema) {
    this.set = set;
    this.schema = schema;
  }

  @Override
  public void open() throws Exception {
    super.open();
    finisher = new FeatureFinisher(set.plans());
    profile = new TableProfile(schema);
    rows = new LongCounter();
    profiles = new ListAccumulator<>();
    getRuntimeContext().addAccumulator(ROWS, rows);
    getRuntimeContext().addAccumulator(PROFILES, profiles);
  }

  @Override
  public void processElement(StreamRecord<Answered> element) {
    Answered answered = element.getValue();
    FinishedRow finished = finisher.finish(answered.values());
    profile.add(answered.payload(), finished);
    if (++uncounted == ROWS_A_COUNT) {
      rows.add(uncounted);
      uncounted = 0;
    }
    output.collect(element.replace(new TrainingRow(answered.payload(), finished.values())));
  }

  @Override
  public void endInput() throws Exception {
    rows.add(uncounted);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    profile.write(new DataOutputStream(bytes));
    profiles.add(bytes.toByteArray());
  }
}
