package io.plumbline.jobs.pipeline;

import io.plumbline.definition.Source;
import io.plumbline.jobs.admission.Intake;
import io.plumbline.jobs.admission.Reason;
import io.plumbline.jobs.admission.RejectionCounts;
import io.plumbline.jobs.feature.Admitted;
import io.plumbline.jobs.feature.FeatureSet;
import io.plumbline.jobs.lake.LakeReader;
import io.plumbline.jobs.lake.LakeSplit;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/** Reads splits of one source's part of the lake, and lets in what is admitted. */
public final class LakeRecords extends AbstractStreamOperator<Admitted>
    implements OneInputStreamOperator<Integer, Admitted> {
  private static final long serialVersionUID = 1L;

  /** Accumulator: rows read. */
  public static final String ROWS_READ = "rows-read";

  /** Accumulator: rows that were chosen among them. */
  public static final String ROWS_TAKEN = "rows-taken";

  /** Accumulator: files of which at least the first split was read. */
  public static final String FILES_READ = "files-read";

  /** Accumulator: events on which an expression of a feature failed. */
  public static final String FAILED = "failed";

  /** The number that comes in where there is no split. */
  public static final int NOTHING = -1;

  private static final int ROWS_A_COUNT = 10_000;

  /** Chooses rows by their position; not Flink's filter, for rows are judged after it. */
  @FunctionalInterface
  public interface Choice extends Serializable {
    /**
     * @param partition -1 for imported rows without one
     * @param ingestedAt epoch ms
     */
    boolean takes(int partition, long offset, long ingestedAt);
  }

  private final FeatureSet set;
  private final String source;
  private final ArrayList<LakeSplit> splits;
  private final Choice choice;
  private transient Intake intake;
  private transient Source definition;
  private transient Set<String> fields;
  private transient LongCounter rowsRead;
  private transient LongCounter rowsTaken;
  private transient LongCounter filesRead;

  /**
   * @param splits that the numbers which come in stand for
   */
  public LakeRecords(FeatureSet set, String source, List<LakeSplit> splits) {
    this(set, source, splits, (partition, offset, ingestedAt) -> true);
  }

  /**
   * @param splits that the numbers which come in stand for
   * @param choice of their rows
   */
  public LakeRecords(FeatureSet set, String source, List<LakeSplit> splits, Choice choice) {
    this.set = set;
    this.source = source;
    this.splits = new ArrayList<>(splits);
    this.choice = choice;
  }

  @Override
  public void open() throws Exception {
    super.open();
    intake = new Intake(set, source, new Counters());
    definition = set.plans().definitions().source(source);
    fields = intake.fields();
    rowsRead = counter(ROWS_READ + "/" + source);
    rowsTaken = counter(ROWS_TAKEN + "/" + source);
    filesRead = counter(FILES_READ + "/" + source);
  }

  @Override
  public void processElement(StreamRecord<Integer> element) {
    if (element.getValue() == NOTHING) {
      return;
    }
    LakeSplit split = splits.get(element.getValue());
    int rows = 0;
    try (LakeReader reader = LakeReader.open(split, definition.schema(), fields)) {
      while (reader.next()) {
        if (choice.takes(reader.partition(), reader.offset(), reader.ingestedAt())) {
          take(reader);
        }
        if (++rows == ROWS_A_COUNT) {
          rowsRead.add(rows);
          rows = 0;
        }
      }
    }
    rowsRead.add(rows);
    if (split.firstRowGroup() == 0) {
      filesRead.add(1);
    }
  }

  private void take(LakeReader reader) {
    rowsTaken.add(1);
    Optional<Admitted> admitted =
        intake.take(reader.event(), reader.ingestedAt(), reader.partition(), reader.offset());
    if (admitted.isPresent()) {
      output.collect(new StreamRecord<>(admitted.get(), reader.ingestedAt()));
    }
  }

  private LongCounter counter(String name) {
    LongCounter counter = new LongCounter();
    getRuntimeContext().addAccumulator(name, counter);
    return counter;
  }

  /** Counts what does not pass, by reason and by feature. */
  private final class Counters implements Intake.Listener {
    private final Map<Reason, LongCounter> rejected = new EnumMap<>(Reason.class);
    private final Map<String, LongCounter> failed = new HashMap<>();

    Counters() {
      for (Reason reason : Reason.values()) {
        if (reason != Reason.DUPLICATE) {
          rejected.put(reason, counter(RejectionCounts.name(source, reason)));
        }
      }
    }

    @Override
    public void rejected(Reason reason, OptionalLong sentTime) {
      rejected.get(reason).add(1);
    }

    @Override
    public void failed(String featureId) {
      failed.computeIfAbsent(featureId, id -> counter(FAILED + "/" + source + "/" + id)).add(1);
    }
  }
}
